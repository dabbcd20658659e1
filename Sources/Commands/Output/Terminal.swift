private import Glibc
internal import JSON
private import Redaction
private import Synchronization

/// Standard output and standard error; what is written there passes ``OutputMask``.
enum Terminal {
    /// Why standard output takes no more, as an error number; 0 while it does.
    private static let fault = Atomic<Int32>(0)

    /// Whether nobody reads standard output any more, as with `| head`.
    static var isDeserted: Bool {
        // Asks for nothing but what is told unasked.
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, 0) > 0 && output.revents & Int16(POLLERR | POLLHUP) != 0
    }

    /// Why output was lost; nil when none was, or nobody was there to read it.
    static var loss: String? {
        let fault = fault.load(ordering: .relaxed)
        return fault == 0 || fault == EPIPE ? nil : String(cString: strerror(fault))
    }

    /// Whether a person types into standard input.
    static var isInputInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// Whether standard output is a terminal.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether a table can be redrawn in place there.
    static func isLive(_ environment: [String: String]) -> Bool {
        isInteractive && environment["TERM"] != "dumb"
    }

    /// Whether colour may be used there.
    static func usesColour(_ environment: [String: String]) -> Bool {
        isLive(environment) && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Writes text to standard output, with a line end if it has none, at once.
    static func write(_ text: String) {
        write(OutputMask.text(text), to: STDOUT_FILENO)
    }

    /// Writes a value to standard output as JSON, on one line unless it is to be pretty.
    static func write(_ value: JSONValue, pretty: Bool = false) {
        write(OutputMask.value(value).printed(pretty: pretty), to: STDOUT_FILENO)
    }

    /// Writes text to standard error.
    static func writeError(_ text: String) {
        write(OutputMask.text(text), to: STDERR_FILENO)
    }

    /// Writes why a command failed: for programs as one JSON object, for people as text in which
    /// names from elsewhere cannot steer the terminal.
    ///
    /// - Parameter help: words of the program itself that people read around the message.
    static func writeError(
        _ error: CommandError, asJSON: Bool, help: (before: String, after: String) = ("", "")
    ) {
        guard !asJSON else {
            return write(OutputMask.value(JobJSON.failure(error)).printed(), to: STDERR_FILENO)
        }
        let message = OutputMask.text(PlainText.strip(error.message))
        write(help.before + message + help.after, to: STDERR_FILENO)
    }

    /// Writes to standard output what is not masked: words of the program itself, which name
    /// secrets without having any, and what somebody asked to be made for them.
    static func writeAsIs(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        writeAll(bytes, to: descriptor)
    }

    /// Writes text to standard output without a line end of its own.
    static func writePart(_ text: String) {
        writeAll(Array(OutputMask.text(text).utf8), to: STDOUT_FILENO)
    }

    /// Writes all of it as it is, however long that takes.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var output = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&output, 1, -1)
            } else if errno != EINTR {
                if descriptor == STDOUT_FILENO { fault.store(errno, ordering: .relaxed) }
                return
            }
        }
    }

    /// The size of the terminal; 80 × 24 when it is none.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Reads one line from standard input when somebody sits there; nil otherwise.
    static func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        writeAll(Array(OutputMask.text(question).utf8), to: STDERR_FILENO)
        return readLine()
    }
}
