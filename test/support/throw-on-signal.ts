/** Preloaded into a process: on SIGWINCH, it throws an uncaught error. */
process.on('SIGWINCH', () => {
  setImmediate(() => {
    const code = process.env.UNCAUGHT_CODE
    throw Object.assign(new Error('thrown by a test'), code !== undefined && { code })
  })
})
