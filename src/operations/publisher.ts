/** The publisher of the registry, from the configuration, for formats that name one. */
export interface Publisher {
  name: string
  /** Identifier of the publisher in IATI's registry of organisations. */
  iatiId: string
  /** IATI organisation type of the publisher, a code. */
  iatiType: string
  /** The URL by which clients reach the service, without a slash at the end; undefined when it is not known. */
  url?: string | undefined
}
