/// A text that must not be shown, such as an API secret.
///
/// Every way of printing it gives `[redacted]`: interpolation, `String(reflecting:)`, `dump` and
/// mirrors. Only ``reveal()`` gives the text, so each use of it can be found.
package struct Secret: Sendable, Hashable {
    private let text: String

    /// Wraps `text`.
    package init(_ text: String) {
        self.text = text
    }

    /// Whether the text is empty, which says nothing about a secret.
    package var isEmpty: Bool { text.isEmpty }

    /// The text itself, for the one place that sends it.
    package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable,
    TextOutputStreamable
{
    package var description: String { Redactor.replacement }
    package var debugDescription: String { Redactor.replacement }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package func write<Target: TextOutputStream>(to target: inout Target) {
        target.write(Redactor.replacement)
    }
}
