import { FaultList, Problem } from '../../problems/problem.ts'

/**
 * The problems of the refused operations of a bulk request, by the index of the operation. Together, they list at most as many
 * faults as one problem (`faultLimits`). Further faults are only counted, so that a response is not much larger than its request.
 */
export class Refusals extends Map<number, Problem> {
  readonly #all = new FaultList()

  override set(index: number, problem: Problem): this {
    const before = this.#all.listed.length
    this.#all.addProblem(problem)
    const faults = new FaultList()
    for (const fault of this.#all.listed.slice(before)) faults.add(() => fault)
    faults.addUnlisted(problem.errors.length + problem.moreErrors - faults.count)
    const { type, message, headers, cause } = problem
    return super.set(index, new Problem(type, message, { errors: faults, headers, cause }))
  }

  /** Adds the problems of other operations. */
  addAll(others: ReadonlyMap<number, Problem>): this {
    for (const [index, problem] of others) this.set(index, problem)
    return this
  }
}
