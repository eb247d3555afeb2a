/** Headers of every 200 to a read; the plugin `response-cache` sets them. */
export const readHeaders = {
  'cache-control': {
    description:
      'Whoever keeps the answer must ask whether it is current, with `If-None-Match`; `private` where reading needs a key.',
    example: 'public, no-cache',
  },
  vary: { description: 'The request headers that the answer depends on.', example: 'Accept-Encoding' },
  'cache-status': {
    description:
      'Where the answer is from (RFC 9211): `hit` is from memory, `fwd` from the database. `Cache-Control: no-cache` on a request insists on the latter; `max-stale=60` accepts `hit; detail=stale`, which has been out of date for up to 60 seconds and has the header `Age`.',
    example: 'Entente; hit',
  },
}
