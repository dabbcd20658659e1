internal import JSON
internal import Jobs

extension CoreRequests {
    /// `ListUpdates` for the given ids; the caller keeps to ``updatesPerPollMax``, Core's page.
    func updates(_ ids: [String]) -> OutgoingRequest {
        let wanted = ids.map { id -> JSONValue in ["$oid": .string(id)] }
        return read(
            "ListUpdates", ["query": ["_id": ["$in": .array(wanted)]]],
            answerBytesMax: AnswerLimits.list)
    }

    /// One page of `ListUpdates` for the traces that a submission may have left.
    func evidence(_ query: EvidenceQuery, targetID: String, page: Int) -> OutgoingRequest {
        let operations = query.operations.map { JSONValue.string($0) }
        let filter: JSONObject = [
            "operation": ["$in": .array(operations)],
            "target.type": .string(query.target.type.rawValue),
            "target.id": .string(targetID),
            "operator": .string(query.operatorID),
            "start_ts": ["$gte": .int(query.startedAtOrAfter.milliseconds)],
        ]
        return read(
            "ListUpdates", ["query": .object(filter), "page": .int(page)],
            answerBytesMax: AnswerLimits.list)
    }

    /// `GetUpdate`.
    func update(_ id: String) -> OutgoingRequest {
        read("GetUpdate", ["id": .string(id)], answerBytesMax: AnswerLimits.update)
    }
}
