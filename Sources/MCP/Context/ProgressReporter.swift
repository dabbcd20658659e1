internal import JSON
private import Synchronization

/// The progress of one call: strictly growing, and paced.
///
/// What is reported while the pace forbids sending waits; a later value replaces it. The last value
/// is always sent.
final class ProgressReporter: Sendable {
    private struct Report {
        let progress: Double
        let total: Double?
        let message: String?
    }

    private struct State {
        var last: Double?
        var waiting: [Report] = []
    }

    private enum Event {
        /// Something waits.
        case reported
        /// The pace allows the next one.
        case due
    }

    private let token: JSONValue
    private let revision: Revision
    private let clock: ProtocolClock
    private let interval: Duration
    private let backlogMax: Int
    private let state = Mutex(State())
    private let events: AsyncStream<Event>
    private let input: AsyncStream<Event>.Continuation

    /// nil when the request carries no progress token.
    init?(_ exchange: Exchange) {
        guard let token = exchange.progressToken else { return nil }
        self.token = token
        revision = exchange.revision
        clock = exchange.definition.clock
        interval = exchange.definition.limits.progressInterval
        backlogMax = interval > .zero ? 1 : max(1, exchange.definition.limits.progressBacklogMax)
        // At most one event of each kind is under way, and one more at the end.
        (events, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4))
    }

    /// The last value that was noted.
    var last: Double? { state.withLock { $0.last } }

    /// Notes a value; dropped unless it is greater than the last.
    func report(_ progress: Double, total: Double?, message: String?) {
        guard progress.isFinite else { return }
        let isFirst = state.withLock { state in
            if let last = state.last, progress <= last { return false }
            state.last = progress
            let isFirst = state.waiting.isEmpty
            if state.waiting.count >= backlogMax { state.waiting.removeLast() }
            state.waiting.append(Report(progress: progress, total: total, message: message))
            return isFirst
        }
        if isFirst { input.yield(.reported) }
    }

    /// No more values come.
    func finish() { input.finish() }

    /// Sends values until ``finish()``, and then the last.
    func send(_ emit: @escaping @Sendable (Outgoing) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            var isDue = true
            for await event in events {
                if event == .due { isDue = true }
                guard isDue else { continue }
                let waiting = take()
                for report in waiting { await emit(notification(report)) }
                guard !waiting.isEmpty, interval > .zero else { continue }
                isDue = false
                group.addTask {
                    if await self.clock.pause(self.interval) { self.input.yield(.due) }
                }
            }
            group.cancelAll()
        }
        for report in take() { await emit(notification(report)) }
    }

    private func take() -> [Report] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func notification(_ report: Report) -> Outgoing {
        var params: JSONObject = ["progressToken": token, "progress": .double(report.progress)]
        params["total"] = report.total.map { .double($0) }
        if revision >= .march2025 { params["message"] = report.message.map { .string($0) } }
        return .notification("notifications/progress", params)
    }
}
