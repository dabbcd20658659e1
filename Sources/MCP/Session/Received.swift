/// What is to be done with a frame that a session took.
package enum Received: Sendable {
    /// Nothing is due: a notification or a response.
    case nothing
    /// To be sent as it is.
    case reply(Outgoing)
    /// To be run; it sends its own answer.
    case call(PendingCall)
}

/// Sends a message, and returns when the transport has room for the next.
package typealias Emit = @Sendable (Outgoing) async -> Void
