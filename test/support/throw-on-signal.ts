/** A module to preload into a process, which then throws an uncaught error on SIGWINCH. */
process.on('SIGWINCH', () => {
  setImmediate(() => {
    const code = process.env.UNCAUGHT_CODE
    throw Object.assign(new Error('thrown by a test'), code !== undefined && { code })
  })
})
