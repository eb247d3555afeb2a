import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../../src/package-root.ts'

/** The folder with the configuration for running the service on several machines. */
export const deployFolder = join(packageRoot, 'deploy')

/** Reads a text file of `deploy/`. */
export const readDeployed = (path: string): string => readFileSync(join(deployFolder, path), 'utf8')

/** Reads a YAML file of `deploy/`, with its anchors and merge keys. */
export const readDeployedYaml = (path: string): unknown => parse(readDeployed(path), { merge: true })

/** The files of a folder of `deploy/`, as paths relative to `deploy/`. */
export const listDeployed = (folder: string): string[] =>
  readdirSync(join(deployFolder, folder))
    .sort()
    .map((name) => `${folder}/${name}`)
