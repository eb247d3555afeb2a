/** Loaded into a process before everything else: on SIGWINCH, the process throws an error that nothing catches. */
process.on('SIGWINCH', () => {
  setImmediate(() => {
    const code = process.env.UNCAUGHT_CODE
    throw Object.assign(new Error('thrown by a test'), code !== undefined && { code })
  })
})
