import JSON
import Jobs
import KomodoClient
import Synchronization

@testable import KomodoTools

/// A Komodo of documents in a table, which remembers what it was asked.
final class FakeReads: KomodoReads {
    /// What it was asked.
    enum Asked: Sendable, Hashable {
        case resources(ResourceQuery)
        case resource(TargetType, String)
        case alerts(AlertQuery)
        case alert(String)
        case log(ContainerLogQuery)
        case history(HistoryQuery)
        case historyEntry(String)
        case containers(ContainerQuery)
        case stats(String)
    }

    /// The items of every list.
    let items: [JSONObject]
    /// Every single document.
    let document: JSONObject
    let containerLog: ContainerLog
    let totalIsAtLeast: Bool
    let reachesBackTo: Timestamp?
    let error: KomodoError?
    private let asked = Mutex<[Asked]>([])

    init(
        items: [JSONObject] = [], document: JSONObject = [:],
        log: ContainerLog = ContainerLog(stdout: "", stderr: "", isComplete: true),
        totalIsAtLeast: Bool = false, reachesBackTo: Timestamp? = nil,
        error: KomodoError? = nil
    ) {
        self.items = items
        self.document = document
        containerLog = log
        self.totalIsAtLeast = totalIsAtLeast
        self.reachesBackTo = reachesBackTo
        self.error = error
    }

    var calls: [Asked] { asked.withLock { $0 } }

    private func note(_ call: Asked) throws(KomodoError) {
        asked.withLock { $0.append(call) }
        if let error { throw error }
    }

    private func page(_ page: PageRequest) -> DocumentPage {
        let found = DocumentPage(page, of: items)
        return DocumentPage(
            items: found.items, total: found.total, totalIsAtLeast: totalIsAtLeast,
            reachesBackTo: reachesBackTo)
    }

    func resources(_ query: ResourceQuery) async throws(KomodoError) -> DocumentPage {
        try note(.resources(query))
        return page(query.page)
    }

    func resource(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        try note(.resource(type, nameOrID))
        return document
    }

    func glance(at target: Target) async throws(KomodoError) -> JSONObject {
        try note(.resource(target.type, target.id ?? target.name))
        return document
    }

    func alerts(_ query: AlertQuery) async throws(KomodoError) -> DocumentPage {
        try note(.alerts(query))
        return page(query.page)
    }

    func alert(_ id: String) async throws(KomodoError) -> JSONObject {
        try note(.alert(id))
        return document
    }

    func log(_ query: ContainerLogQuery) async throws(KomodoError) -> ContainerLog {
        try note(.log(query))
        return containerLog
    }

    func history(_ query: HistoryQuery) async throws(KomodoError) -> DocumentPage {
        try note(.history(query))
        return page(query.page)
    }

    func historyEntry(_ id: String) async throws(KomodoError) -> JSONObject {
        try note(.historyEntry(id))
        return document
    }

    func containers(_ query: ContainerQuery) async throws(KomodoError) -> DocumentPage {
        try note(.containers(query))
        return page(query.page)
    }

    func systemStats(ofServer nameOrID: String) async throws(KomodoError) -> JSONObject {
        try note(.stats(nameOrID))
        return document
    }
}

extension ToolBench {
    /// Runs `body` with a bench whose Komodo gives what `reads` has.
    static func reading(
        _ reads: FakeReads, _ body: @Sendable (ToolBench) async throws -> Void
    ) async throws {
        try await offline({ $0.reads = reads }, body)
    }
}
