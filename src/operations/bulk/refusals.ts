import { FaultList, Problem, toFaultList } from '../../problems/problem.ts'

/**
 * The problems of the refused operations of a bulk request. Together, they list at most as many faults as one problem
 * (`faultLimits`). Further faults are only counted, so that a response is not much larger than its request.
 */
export class Refusals {
  readonly #byIndex = new Map<number, Problem>()
  readonly #faults = new FaultList()

  /** The problems by the index of their operation. */
  get byIndex(): ReadonlyMap<number, Problem> {
    return this.#byIndex
  }

  /** Adds the problem of an operation that has none yet. */
  add(index: number, problem: Problem): void {
    const listedBefore = this.#faults.listed.length
    this.#faults.addProblem(problem)
    const errors = toFaultList(this.#faults.listed.slice(listedBefore))
    errors.addUnlisted(problem.errors.length + problem.moreErrors - errors.count)
    const { type, message, headers, cause } = problem
    this.#byIndex.set(index, new Problem(type, message, { errors, headers, cause }))
  }

  /** Adds the problems of other operations. */
  addAll(problems: ReadonlyMap<number, Problem>): this {
    for (const [index, problem] of problems) this.add(index, problem)
    return this
  }
}
