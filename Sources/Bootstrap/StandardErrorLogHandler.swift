private import Jobs
package import Logging
private import Redaction

/// Writes log events to standard error, one `write(2)` each, with secrets masked.
package struct StandardErrorLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let style: LogStyle
    private let mask: ValueMask
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> String

    init(label: String, bootstrap: LoggingBootstrap) {
        self.label = label
        logLevel = bootstrap.level
        style = bootstrap.style
        mask = bootstrap.mask
        write = bootstrap.write
        now = bootstrap.now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error {
            merged[LogKey.errorType] = merged[LogKey.errorType] ?? "\(type(of: error))"
            merged[LogKey.errorMessage] = merged[LogKey.errorMessage] ?? "\(error)"
        }
        let line = LogLine(
            level: event.level, message: event.message.description, metadata: merged,
            label: label, time: now())
        // Values are masked by their names, then the line as people read it.
        let text = mask.text(style.text(of: line.masked(by: mask)))
        let isCut = text.utf8.count > LogLine.bytesMax && style == .json
        write(isCut ? line.shortened(by: mask).json() : text)
    }
}
