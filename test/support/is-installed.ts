import { spawnSync } from 'node:child_process'

/** Tells whether a program is installed. @param args the arguments with which the program prints its version. */
export const isInstalled = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args).status === 0
