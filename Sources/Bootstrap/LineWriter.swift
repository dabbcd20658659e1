private import Glibc
private import Synchronization

/// Writes lines to a descriptor that somebody may have stopped reading.
enum LineWriter {
    /// How long a full pipe may hold a line up; then the line is lost, not the program.
    private static let stallMilliseconds: CInt = 100
    /// How long another line may hold one up: a busy machine may suspend its thread for a while.
    private static let turnMilliseconds: CInt = 1_000
    /// Whether the last line was lost: the next ones wait for nobody.
    private static let isStalled = Atomic(false)
    /// Had from the look to the write.
    ///
    /// Otherwise two lines would take room that is there for one, and the second would block. Another
    /// process may take it all the same, so a turn is not waited for either.
    private static let turn = Mutex(())

    /// Writes `line` and a line feed with a single `write(2)`, cut to ``LogLine/bytesMax``.
    ///
    /// The descriptor may block, and its flags are not changed, for other processes may share it.
    static func write(_ line: String, to descriptor: CInt) {
        var bytes = Array(line.utf8)
        if bytes.count > LogLine.bytesMax {
            var end = LogLine.bytesMax
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
            bytes.append(contentsOf: "…".utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
        let patience = isStalled.load(ordering: .relaxed) ? 0 : stallMilliseconds
        for _ in 0...(patience == 0 ? 0 : turnMilliseconds) {
            let isOver: Void? = turn.withLockIfAvailable { _ in
                writeIfReady(bytes, descriptor, patience)
            }
            if isOver != nil { return }
            // Lines seldom meet, and then for a moment.
            poll(nil, 0, 1)
        }
        isStalled.store(true, ordering: .relaxed)
    }

    private static func writeIfReady(_ bytes: [UInt8], _ descriptor: CInt, _ patience: CInt) {
        let hasRoom = isReady(descriptor, within: patience)
        isStalled.store(!hasRoom, ordering: .relaxed)
        guard hasRoom else { return }
        while Glibc.write(descriptor, bytes, bytes.count) < 0, errno == EINTR {}
    }

    private static func isReady(_ descriptor: CInt, within patience: CInt) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let ready = poll(&state, 1, patience)
            if ready >= 0 { return ready > 0 }
            guard errno == EINTR else { return false }
        }
    }
}
