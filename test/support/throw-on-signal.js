/**
 * A module to preload into a process, which then throws an uncaught error on SIGWINCH. It is JavaScript, since Node.js 20
 * may hang if tsx is loaded twice: for this module and for the service.
 */
process.on('SIGWINCH', () => {
  setImmediate(() => {
    const code = process.env.UNCAUGHT_CODE
    throw Object.assign(new Error('thrown by a test'), code !== undefined && { code })
  })
})
