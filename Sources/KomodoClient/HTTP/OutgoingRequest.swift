/// An HTTP request to Komodo, before the transport adds what every request carries.
struct OutgoingRequest: Sendable, Hashable {
    /// The methods that Komodo's API uses.
    enum Method: String, Sendable, Hashable { case get = "GET", post = "POST" }

    let method: Method
    /// Begins with a slash and follows the address of the connection.
    let path: String
    let headers: [Header]
    /// Nil for GET.
    let body: [UInt8]?
    /// The longest answer that is read.
    let answerBytesMax: Int

    /// One header field.
    struct Header: Sendable, Hashable {
        let name: String
        let value: String
    }
}

/// The longest answers that are read, by what they answer.
enum AnswerLimits {
    /// A document of Komodo's database is at most 16 MiB; escapes make JSON of it longer.
    static let update = 64 << 20
    /// A list of all resources of one kind.
    static let list = 32 << 20
    /// Everything else.
    static let other = 8 << 20
}
