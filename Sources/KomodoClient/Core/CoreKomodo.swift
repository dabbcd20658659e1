internal import JSON
internal import Jobs
package import Logging
internal import Redaction
internal import Synchronization

/// Komodo Core 1.19 to 2.3 through its RPC interface.
///
/// Nothing about a server is assumed beyond what ``identify()`` found out: unknown words survive,
/// missing fields are empty, and every answer has a greatest length. ``shutdown()`` must be called
/// before the last reference goes.
package final class CoreKomodo: KomodoAPI, Sendable {
    let connection: KomodoConnection
    let requests: CoreRequests
    let transport: HTTPTransport
    let turnstile: Turnstile
    private let feed: CoreUpdateFeed
    let redactor: Redactor
    let surroundings: Surroundings
    let logger: Logger
    /// The version that this or an earlier process found; Komodo may have been upgraded since.
    let knownVersion: Mutex<KomodoVersion?>

    let identity = Mutex<KomodoIdentity?>(nil)
    let identityFetch = SharedFetch<String, KomodoIdentity>()
    let clock = Mutex(ServerClock())
    let listings = Mutex<[TargetType: ResourceListing]>([:])
    let listingFetch = SharedFetch<ListingKey, ResourceListing>()
    let readCache = Mutex(ReadCache())

    /// A client of the Komodo at `connection`.
    ///
    /// - Parameters:
    ///   - permit: asked before every HTTP request; the errors that it throws become the call's.
    ///   - observer: hears what answers show about limits that other processes share.
    ///   - userAgent: what the requests call this program.
    ///   - knownVersion: the version that an earlier process found at this address.
    package convenience init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver = { _ in }, logger: Logger,
        userAgent: String = "komodo-mcp", knownVersion: KomodoVersion? = nil
    ) {
        self.init(
            connection: connection, permit: permit, observer: observer, logger: logger,
            userAgent: userAgent, knownVersion: knownVersion, surroundings: .live)
    }

    /// A client whose clocks and random numbers come from `surroundings`.
    init(
        connection: KomodoConnection, permit: @escaping RequestPermit,
        observer: @escaping KomodoObserver, logger: Logger, userAgent: String,
        knownVersion: KomodoVersion? = nil, surroundings: Surroundings
    ) {
        self.knownVersion = Mutex(knownVersion)
        self.connection = connection
        self.surroundings = surroundings
        self.logger = logger
        requests = CoreRequests(connection)
        redactor = Redactor(secrets: [connection.apiKey, connection.apiSecret])
        transport = HTTPTransport(connection, userAgent: userAgent, surroundings: surroundings)
        turnstile = Turnstile(permit: permit, observer: observer, now: surroundings.now)
        feed = CoreUpdateFeed(
            connection, userAgent: userAgent, credentialFault: requests.credentialFault,
            turnstile: turnstile, redactor: redactor, surroundings: surroundings, logger: logger)
    }

    package var updateFeed: (any UpdateFeed)? { feed }

    /// Closes all connections; calls that are under way end as cancelled.
    package func shutdown() async {
        await transport.shutdown()
    }
}

extension CoreKomodo: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "CoreKomodo(\(connection.url))" }
    package var debugDescription: String { description }
    /// Shows the address alone, so that no dump prints the secret.
    package var customMirror: Mirror { Mirror(self, children: ["url": connection.url]) }
}
