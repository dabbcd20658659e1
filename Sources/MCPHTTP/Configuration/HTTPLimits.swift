/// The bounds of one HTTP server.
package struct HTTPLimits: Sendable, Hashable {
    // MARK: Connections

    /// The most open connections; more wait until one closes.
    ///
    /// Fewer where the process may not open that many files.
    package var connectionsMax = 1_024
    /// How long a connection may stay silent between requests, and a head or a piece of a body may
    /// take to arrive.
    package var idleTimeout = Duration.seconds(75)
    /// The longest head of a request, in bytes.
    package var headBytesMax = 32 << 10
    /// The most header fields of a request.
    package var headFieldsMax = 128
    /// The largest body of a request, in bytes; larger ones are answered with 413.
    package var bodyBytesMax = 4 << 20
    /// The most bytes of bodies that are being read at once; beyond, requests are answered with 503.
    package var bodyBytesTotalMax = 64 << 20
    /// The largest body that is worked on without asking for room, in bytes; how many there are of
    /// them is bounded by the requests at work.
    package var smallBodyBytesMax = 64 << 10
    /// The most bytes of larger bodies that are worked on at once, unless there is only one; whoever
    /// comes with another waits.
    package var workBytesMax = 32 << 20
    /// How long a body that has arrived waits for room; then the request is answered with 503.
    package var workWaitMax = Duration.seconds(10)
    /// How long a body may take to arrive; then the request is answered with 408.
    package var bodyTimeout = Duration.seconds(30)
    /// The largest unread body of a refused request that is read to keep the connection, in bytes.
    package var unreadBodyBytesMax = 64 << 10
    /// How long the rest of a refused body is thrown away before the connection is closed, and how
    /// long a shutdown waits for bodies.
    package var lingerTimeout = Duration.seconds(2)

    // MARK: Requests and streams

    /// The most requests at work for all principals; more are answered with 503.
    package var requestsMax = 1_024
    /// The most requests at work for one token; more are answered with 429.
    package var requestsPerPrincipalMax = 256
    /// The most calls and sessions that are served at once; more are answered with 503.
    package var callsMax = 2_048
    /// The most subscription and session streams for all principals; more are answered with 503.
    package var streamsMax = 512
    /// The most subscription and session streams of one token; more are answered with 429.
    package var streamsPerPrincipalMax = 256
    /// What a refused client is told to wait.
    package var retryAfter = Duration.seconds(2)
    /// How long the answer to a request of 2025-11-25 is awaited before a resumable stream opens.
    package var promptAnswer = Duration.milliseconds(50)
    /// The pause between comments on a silent stream; also how long an answer is awaited before a
    /// stream opens when it is not resumable.
    package var keepAliveInterval = Duration.seconds(20)
    /// How long a client may leave what was sent unread; then its connection is closed.
    package var writeTimeout = Duration.seconds(60)
    /// The most messages that wait for a connected client; what sends them waits beyond.
    package var backlogMax = 64

    // MARK: Sessions

    /// The most sessions; beyond, the one that was unused for longest makes room, and
    /// `initialize` is answered with 503 if there is none.
    package var sessionsMax = 512
    /// The most sessions of one token; beyond, its own that was unused for longest makes room,
    /// and `initialize` is answered with 429 if there is none.
    package var sessionsPerPrincipalMax = 384
    /// How long a session without a call or a stream need not make room for another.
    package var sessionKeepMin = Duration.seconds(60)
    /// How long a session lives without a request, a call at work or a connected stream.
    package var sessionIdleMax = Duration.seconds(1_800)
    /// The pause between two searches for idle sessions and outdated streams.
    package var sweepInterval = Duration.seconds(15)

    // MARK: Resumption

    /// The most messages that a stream keeps for clients that come back.
    package var replayEventsMax = 256
    /// The most bytes that a stream keeps beside its newest message, and that the finished streams
    /// of a session keep together.
    package var replayBytesMax = 256 << 10
    /// How long messages are kept.
    package var replayAge = Duration.seconds(300)
    /// The most finished streams that a session keeps.
    package var replayStreamsMax = 64
    /// What a client is told to wait before it comes back.
    package var retryDelay = Duration.seconds(1)

    // MARK: Life

    /// How long ``Readiness`` may take to be found out.
    package var readyTimeout = Duration.seconds(5)
    /// The pause between two looks whether the tokens of what is open are still valid.
    package var tokenCheckInterval = Duration.seconds(2)
    /// How long what ``Readiness`` was found is told again, for anybody may ask.
    package var readyKept = Duration.seconds(1)
    /// How long requests at work may go on after a graceful shutdown began.
    package var shutdownGrace = Duration.seconds(10)

    package init() {}
}

extension HTTPLimits {
    /// Files that the rest of the process may need: the database, logs, a worker that is started.
    private static let filesForWork = 128
    private static let connectionsMin = 16

    /// The most connections that leave a process that may open `filesMax` files enough for its work.
    func connections(within filesMax: Int) -> Int {
        min(connectionsMax, max(filesMax - Self.filesForWork, Self.connectionsMin))
    }
}
