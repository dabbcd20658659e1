internal import Glibc
package import Logging
internal import Redaction

/// How the program logs: to standard error and nowhere else.
package struct LoggingBootstrap: Sendable {
    /// The lowest level that is logged; may be changed before ``install()``.
    package var level: Logger.Level
    package let style: LogStyle
    let mask: ValueMask
    let write: @Sendable (String) -> Void
    let now: @Sendable () -> String

    /// The logging that `settings` ask for.
    ///
    /// - Parameter environment: Where `JOURNAL_STREAM`, `NO_COLOR` and `TERM` are read.
    package init(settings: Settings, environment: [String: String]) {
        self.init(
            level: settings.logLevel,
            style: LogStyle(
                settings.logFormat, environment: environment,
                standardError: DescriptorFacts(of: STDERR_FILENO)),
            mask: ValueMask(settings.redactor, strips: false),
            write: { LineWriter.write($0, to: STDERR_FILENO) }, now: { LogTime.now() })
    }

    init(
        level: Logger.Level, style: LogStyle, mask: ValueMask,
        write: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> String
    ) {
        self.level = level
        self.style = style
        self.mask = mask
        self.write = write
        self.now = now
    }

    /// A handler for the logger named `label`.
    package func handler(label: String) -> any LogHandler {
        StandardErrorLogHandler(label: label, bootstrap: self)
    }

    /// A logger that needs no ``install()``.
    package func logger(label: String) -> Logger {
        Logger(label: label) { handler(label: $0) }
    }

    /// Makes every `Logger` of the process log this way; once per process, from an entry point.
    package func install() {
        LoggingSystem.bootstrap { handler(label: $0) }
    }
}

/// The time of a log line.
enum LogTime {
    /// Now, as RFC 3339 in UTC with milliseconds.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return format(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    static func format(seconds: Int, milliseconds: Int) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = "\(pad(Int(parts.tm_year) + 1900, 4))-\(pad(Int(parts.tm_mon) + 1, 2))"
        let day = pad(Int(parts.tm_mday), 2)
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { pad(Int($0), 2) }
        return "\(date)-\(day)T\(time.joined(separator: ":")).\(pad(milliseconds, 3))Z"
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
