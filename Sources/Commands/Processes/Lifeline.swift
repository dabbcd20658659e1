private import Dispatch
private import Glibc

/// What ties a process to the one that has started it as an ``OwnProcess``.
///
/// A byte tells it to begin; the end of the pipe, which comes with the end of that process, ends it
/// at once.
final class Lifeline: Sendable {
    private static let descriptor: Int32 = 3
    private let begun: AsyncStream<Void>

    /// Takes the pipe, which is descriptor 3.
    ///
    /// - Throws: ``CommandError`` when this process was started by hand.
    init() throws {
        var facts = stat()
        guard fstat(Self.descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO else {
            throw Detachment.notByHand
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        begun = stream
        // On a thread that may block.
        DispatchQueue.global().async {
            var byte: UInt8 = 0
            while true {
                let count = read(Self.descriptor, &byte, 1)
                if count > 0 { continuation.yield() }
                guard count > 0 || count < 0 && errno == EINTR else { break }
            }
            _exit(ExitStatus.failure.rawValue)
        }
    }

    /// Waits until this process is told to begin.
    func start() async {
        var begun = begun.makeAsyncIterator()
        await begun.next()
    }
}
