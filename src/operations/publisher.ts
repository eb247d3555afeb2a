/** Who publishes the registry, for formats that name a publisher. The configuration says it. */
export interface Publisher {
  name: string
  /** Identifier of the publisher in IATI's registry of organisations. */
  iatiId: string
  /** IATI organisation type of the publisher, a code. */
  iatiType: string
  /** Where clients reach the service, without a slash at the end; undefined when it is not known. */
  url?: string | undefined
}
