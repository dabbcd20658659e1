internal import JSON
internal import Jobs
package import Logging
internal import Redaction
internal import Synchronization

/// A Komodo through its signed interface: resources by path, each request signed with the secret,
/// which never travels.
///
/// Answers are read leniently: in their envelope or bare, in snake or camel case; unknown words
/// mean that a run goes on. ``shutdown()`` must be called before the last reference goes.
package final class SignedKomodo: KomodoAPI, Sendable {
    let connection: KomodoConnection
    let requests: SignedRequests
    let transport: HTTPTransport
    let turnstile: Turnstile
    let redactor: Redactor
    let surroundings: Surroundings
    let logger: Logger

    let clock = Mutex(ServerClock())
    /// What is added to our time when signing, because the server's clock is far off.
    let signingOffset = Mutex(Duration.zero)
    /// Whether the key has been accepted.
    let isKnown = Mutex(false)
    let listings = Mutex<[TargetType: SignedListing]>([:])
    let grace: SignedGrace
    /// What is remembered of runs; to be forgotten at any time.
    let memory = Mutex(SignedMemory())
    let listingFetch = SharedFetch<ListingKey, SignedListing>()

    /// Callers with the same purpose share one list.
    struct ListingKey: Hashable, Sendable {
        let type: TargetType
        let purpose: TokenBucket.Purpose
    }

    /// A client of the Komodo at `connection`.
    ///
    /// - Parameters:
    ///   - permit: asked before every HTTP request; the errors that it throws become the call's.
    ///   - observer: hears what answers show about limits that other processes share.
    ///   - userAgent: what the requests call this program.
    package convenience init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver = { _ in }, logger: Logger,
        userAgent: String = "komodo-mcp"
    ) {
        self.init(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, surroundings: .live)
    }

    /// A client whose clocks and random numbers come from `surroundings`.
    init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver, logger: Logger, userAgent: String,
        surroundings: Surroundings
    ) {
        self.connection = connection
        self.surroundings = surroundings
        self.logger = logger
        grace = SignedGrace(base: connection.evidenceGrace)
        requests = SignedRequests(connection)
        redactor = Redactor(secrets: [connection.apiKey, connection.apiSecret])
        transport = HTTPTransport(connection, userAgent: userAgent, surroundings: surroundings)
        turnstile = Turnstile(permit: permit, observer: observer, now: surroundings.now)
    }

    package var dialect: KomodoDialect? { .signed }

    /// Closes all connections; calls that are under way end as cancelled.
    package func shutdown() async {
        await transport.shutdown()
    }
}

extension SignedKomodo: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "SignedKomodo(\(connection.url))" }
    package var debugDescription: String { description }
    /// Shows the address alone, so that no dump prints the secret.
    package var customMirror: Mirror { Mirror(self, children: ["url": connection.url]) }
}
