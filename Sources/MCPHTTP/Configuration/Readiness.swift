/// Whether the program can do its work, as `GET /ready` tells it.
package enum Readiness: Sendable, Hashable {
    case ready
    /// A sentence about what is missing, for everybody to read.
    case notReady(String)
}
