/// The bounds of one connection or session.
package struct ProtocolLimits: Sendable, Hashable {
    /// The longest frame that is read, in bytes.
    package var frameBytesMax = 8 << 20
    /// The deepest nesting of a message.
    package var depthMax = 64
    /// The most requests at work at once; more are refused.
    package var inFlightMax = 1_024
    /// The most messages in one batch of 2025-03-26.
    package var batchMax = 64
    /// The most entries on one page of tools, prompts and templates.
    package var pageSize = 500
    /// The least time between two progress notifications of a call; zero sends every one.
    package var progressInterval = Duration.seconds(1)
    /// The most progress notifications of a call that wait to be sent; later ones replace the last.
    package var progressBacklogMax = 16
    /// The least time between two notifications about the same resource or list.
    package var updateInterval = Duration.seconds(1)
    /// The most resources that a session or a stream watches.
    package var subscriptionsMax = 256
    /// The most tasks that a session or a stream watches.
    package var watchedTasksMax = 256
    /// The most requests of one `ask`, and the most answers that are kept for a call.
    package var askMax = 32
    /// How long an answer to a request of a legacy call is awaited.
    package var askTimeout = Duration.seconds(300)
    /// How often a form that was filled in wrongly is put again in one legacy call.
    package var askAttempts = 3
    /// How long sealed request state is valid.
    package var sealLifetime = Duration.seconds(600)
    /// The most problems of a tool's arguments that are named.
    package var problemsMax = 10
    /// The most messages that wait to be written; callers wait beyond.
    package var writeBacklogMax = 256
    /// The most bytes of messages that wait to be written, unless there is only one; callers wait
    /// beyond.
    package var writeBacklogBytesMax = 4 << 20
    /// How long replies may take to leave after the end of the input.
    package var flushTimeout = Duration.seconds(1)

    package init() {}
}
