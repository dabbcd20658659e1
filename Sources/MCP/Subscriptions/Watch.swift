private import JSON

/// A long-lived look at something of the application, for a legacy session.
struct Watch: Sendable {
    let run: @Sendable (ProtocolClock, @escaping Emit) async -> Void

    /// Tells of the updates of one resource.
    static func updates(
        of uri: String, _ changes: AsyncStream<Void>, every interval: Duration, until end: Signal
    ) -> Watch {
        Watch { clock, emit in
            await clock.forward(changes, every: interval, until: end) {
                await emit(.notification("notifications/resources/updated", ["uri": .string(uri)]))
            }
        }
    }

    /// Tells of the changes of one list.
    static func listChange(
        _ kind: ListKind, _ changes: AsyncStream<Void>, every interval: Duration
    ) -> Watch {
        Watch { clock, emit in
            await clock.forward(changes, every: interval, until: Signal()) {
                await emit(.notification(kind.changeNotification))
            }
        }
    }
}
