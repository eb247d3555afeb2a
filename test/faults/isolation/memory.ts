import { readdir, readFile } from 'node:fs/promises'

/** Resident memory (RSS) of a process and its descendants in MiB. Linux only. */
export async function residentMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const ownMebibytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  const children = await Promise.all((await childrenOf(pid)).map(residentMebibytes))
  return children.reduce((sum, mebibytes) => sum + mebibytes, ownMebibytes)
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}
