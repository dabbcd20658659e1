import Logging

/// A logger whose messages are kept.
enum LogRecorder {
    /// A logger that appends its messages to `notes`.
    static func logger(to notes: Notes<String>) -> Logger {
        Logger(label: "test") { _ in Handler(notes: notes) }
    }

    private struct Handler: LogHandler {
        let notes: Notes<String>
        var metadataProvider: Logger.MetadataProvider?
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.info

        init(notes: Notes<String>) { self.notes = notes }

        func log(event: LogEvent) { notes.append("\(event.level): \(event.message)") }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }
}
