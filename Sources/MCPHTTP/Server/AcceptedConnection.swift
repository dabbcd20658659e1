internal import HummingbirdCore
internal import NIOCore
private import Synchronization

/// A connection with its HTTP side, from the moment it is accepted until it is served.
///
/// A server that ends drops connections that were accepted at the same moment. NIO ends the
/// process when the HTTP side goes without being closed, so that this closes it.
final class AcceptedConnection: ServerChildChannelValue {
    let connection: Connection
    private let http: HTTP1Channel.Value
    private let isTaken = Atomic(false)

    var channel: any Channel { http.channel }

    init(http: HTTP1Channel.Value, connection: Connection) {
        self.http = http
        self.connection = connection
    }

    /// The HTTP side, for whoever serves and closes it.
    func take() -> HTTP1Channel.Value {
        isTaken.store(true, ordering: .relaxed)
        return http
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed) else { return }
        // Closing waits, and a connection that is broken already is as good as closed.
        Task { [http] in try? await http.executeThenClose { _, _ in } }
    }
}
