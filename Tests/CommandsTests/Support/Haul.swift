internal import Synchronization

/// What programs let out, to be searched for marked secrets.
final class Haul: Sendable {
    /// What every marked secret begins with.
    static let mark = "c4n4ry"

    private let pieces = Mutex<[(source: String, text: String)]>([])
    private static let wordsAround = 60

    /// Keeps a text with where it came from.
    func add(_ source: String, _ text: String) {
        pieces.withLock { $0.append((source, text)) }
    }

    /// Keeps what a program printed.
    func add(_ source: String, _ outcome: Outcome) {
        add(source, outcome.out)
        add(source + " (stderr)", outcome.err)
    }

    /// How much was kept, so that a test can tell that it searched something.
    var bytes: Int { pieces.withLock { $0.reduce(0) { $0 + $1.text.utf8.count } } }

    /// Each secret that came out, where, and the words around it.
    var leaks: [String] {
        pieces.withLock { pieces in
            pieces.flatMap { piece in
                piece.text.ranges(of: Self.mark).map { range in
                    let start =
                        piece.text.index(
                            range.lowerBound, offsetBy: -Self.wordsAround,
                            limitedBy: piece.text.startIndex) ?? piece.text.startIndex
                    return "\(piece.source): \(piece.text[start...].prefix(2 * Self.wordsAround))"
                }
            }
        }
    }
}
