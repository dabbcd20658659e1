/// Masks secrets in a text that arrives in pieces.
///
/// The pieces it gives back, joined, equal ``Redactor/redact(_:)`` of the pieces it was given,
/// joined: a secret across a border is masked. It holds back only what is still undecided.
package struct RedactionStream: Sendable {
    private var scanner: RedactionScanner
    private var pending: [UInt8] = []
    /// Pending bytes below which another look cannot be worth its cost.
    private var nextLook = 0

    init(rules: RedactionRules) {
        scanner = RedactionScanner(rules: rules)
    }

    /// Takes the next piece and gives what is decided by now, possibly nothing.
    package mutating func append(_ text: String) -> String {
        pending.append(contentsOf: text.utf8)
        guard pending.count >= nextLook else { return "" }
        return advance(isFinal: false)
    }

    /// Gives what was held back; the stream is then ready for another text.
    package mutating func finish() -> String {
        let rest = advance(isFinal: true)
        scanner.reset()
        return rest
    }

    private mutating func advance(isFinal: Bool) -> String {
        let consumed = pending.withUnsafeBufferPointer { scanner.scan($0, isFinal: isFinal) }
        pending.removeFirst(consumed)
        // An undecided rest is read again from its beginning, so it must first grow by a share of
        // itself: text fed byte by byte stays linear.
        nextLook = pending.count + pending.count / 4
        return scanner.takeOutput()
    }
}
