/// What becomes of a request to the endpoint.
enum Outcome: Sendable {
    case reply(Reply)
    /// The answer is a stream of events.
    case events(Delivery)
    /// The client left before there was anything to say.
    case gone
}
