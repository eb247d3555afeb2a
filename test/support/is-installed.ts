import { spawnSync } from 'node:child_process'

/** Whether a program is installed. @param args the arguments with which the program prints its version. */
export const isInstalled = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args).status === 0
