/// The HTTP response of the call that is at work.
///
/// A call that takes long may give its connection back: a client of 2025-11-25 is told when to
/// return, and gets what follows then.
package struct ResponseStream: Sendable {
    @TaskLocal static var carrier: EventStream?

    /// The response of the surrounding call; nil on other transports and for revisions whose
    /// streams cannot be resumed.
    package static var current: ResponseStream? { carrier.map(ResponseStream.init) }

    private let stream: EventStream

    init(_ stream: EventStream) { self.stream = stream }

    /// Closes the connection; the call goes on.
    package func releaseConnection() { stream.release() }
}
