internal import JSON
internal import Redaction
private import Synchronization

/// What every text of this process passes on its way to standard output and standard error.
///
/// ``Terminal`` is the only writer and masks whatever it is given, so no command can forget it.
enum OutputMask {
    private static let state = Mutex(State())

    private struct State {
        var mask = ValueMask(Redactor(), strips: false)
        var isLifted = false
    }

    /// Masks what `redactor` knows too, from now on.
    static func learn(_ redactor: Redactor) {
        state.withLock { $0.mask = ValueMask(redactor, strips: false) }
    }

    /// Lets everything through from now on; ``Revelation`` decides who may ask for it.
    static func lift() {
        state.withLock { $0.isLifted = true }
    }

    /// A text as it may be shown.
    static func text(_ text: String) -> String { current?.log(text) ?? text }

    /// A value as it may be shown.
    static func value(_ value: JSONValue) -> JSONValue { current?.value(value) ?? value }

    private static var current: ValueMask? {
        state.withLock { $0.isLifted ? nil : $0.mask }
    }
}
