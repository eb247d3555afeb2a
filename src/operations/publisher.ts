/** The publisher of the registry, from the configuration, for formats that name one. */
export interface Publisher {
  name: string
  /** IATI organisation identifier of the publisher, such as `XM-DAC-41114`. */
  iatiId: string
  /** IATI organisation type of the publisher, a code. */
  iatiType: string
  /** The URL by which clients reach the service, without a slash at the end; undefined when it is not known. */
  serviceUrl?: string | undefined
}
