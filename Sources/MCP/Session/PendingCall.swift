private import JSON
private import Synchronization

/// A registered request that waits to be run; it must be run once.
package struct PendingCall: Sendable {
    private let parts: [Exchange]
    /// The answers of a batch that are there already.
    private let settled: [Outgoing]
    private let isBatch: Bool
    private let session: Session

    init(_ part: Exchange, session: Session) {
        parts = [part]
        settled = []
        isBatch = false
        self.session = session
    }

    init(batch parts: [Exchange], settled: [Outgoing], session: Session) {
        self.parts = parts
        self.settled = settled
        isBatch = true
        self.session = session
    }

    /// The ids of its requests: one, or those of a batch.
    package var ids: [RequestID] { parts.map(\.call.id) }
    /// The method; empty for a batch.
    package var method: String { isBatch ? "" : parts[0].method }
    /// The revision of the request.
    package var revision: Revision { parts[0].revision }
    /// Whether it is `subscriptions/listen`, which sends at once and lasts.
    package var isListening: Bool { method == "subscriptions/listen" }

    /// Runs the request to its end.
    ///
    /// Sends any number of notifications and requests, then exactly one response; no response
    /// when the request was cancelled. Cancelling the surrounding task cancels the request.
    package func run(_ emit: @escaping Emit) async {
        guard isBatch else {
            await run(parts[0], emit)
            return
        }
        let answers = AnswerList(settled)
        await withDiscardingTaskGroup { group in
            for part in parts {
                group.addTask {
                    await run(part) { outgoing in
                        guard outgoing.kind == .response else { return await emit(outgoing) }
                        answers.append(outgoing)
                    }
                }
            }
        }
        let all = answers.all
        if !all.isEmpty, !Task.isCancelled { await emit(.batch(all)) }
    }

    private func run(_ part: Exchange, _ emit: @escaping Emit) async {
        defer { session.leave(part.call) }
        guard part.call.begin() else { return }
        await part.call.run { await part.answer(emit) }
    }
}

/// The answers of a batch in the order of their arrival.
private final class AnswerList: Sendable {
    private let list: Mutex<[Outgoing]>

    init(_ settled: [Outgoing]) { list = Mutex(settled) }

    var all: [Outgoing] { list.withLock { $0 } }

    func append(_ answer: Outgoing) { list.withLock { $0.append(answer) } }
}
