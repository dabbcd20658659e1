internal import JSON
private import Logging

/// One registered request with all that decides its answer.
struct Exchange: Sendable {
    let session: Session
    let call: InFlightCall
    let method: String
    let revision: Revision
    let params: JSONObject
    let client: ClientInfo?
    let capabilities: ClientCapabilities
    /// The mildest level of log messages that is wanted; nil: none.
    let logLevel: LogLevel?
    let headers: TransportFacts.Headers?
    let handler: Methods.Handler

    var definition: ServerDefinition { session.definition }

    /// The request's `_meta`.
    var meta: JSONObject { params["_meta"]?.object ?? [:] }

    /// The token under which the client wants to be told of progress: a text or an integer.
    var progressToken: JSONValue? {
        guard let token = meta[MetaKey.progressToken], RequestID(token) != nil else { return nil }
        return token
    }

    /// Runs the handler and sends the one answer, unless the request is cancelled before.
    func answer(_ emit: @escaping Emit) async {
        let progress = ProgressReporter(self)
        let context = CallContext(self, progress: progress, emit: emit)
        let answer = await withTaskGroup(of: Void.self) { group in
            if let progress {
                group.addTask { await progress.send { await context.send($0) } }
            }
            let answer = await self.outcome(context)
            progress?.finish()
            await group.waitForAll()
            return answer
        }
        guard call.claimAnswer() else { return }
        session.settle(call)
        await emit(answer)
        call.answerLeft()
    }

    private func outcome(_ context: CallContext) async -> Outgoing {
        do {
            return .result(try await result(context), for: call.id)
        } catch {
            return .error(rpcError(error), for: call.id, revision: revision)
        }
    }

    private func result(_ context: CallContext) async throws -> JSONObject {
        let asking = revision.era == .modern && Methods.mayAsk(method)
        let context = asking ? context.with(try await AskLedger.opened(for: self)) : context
        let members: JSONObject
        do {
            members = try await handler(context)
        } catch {
            // A provider that swallows the error of `ask` still has to wait for the answers.
            guard let ledger = context.ledger, ledger.isWaiting else { throw error }
            return finished(try await ledger.inputRequired(self))
        }
        if let ledger = context.ledger, ledger.isWaiting {
            return finished(try await ledger.inputRequired(self))
        }
        return finished(members)
    }

    /// Adds what every modern result carries.
    private func finished(_ members: JSONObject) -> JSONObject {
        guard revision.era == .modern else { return members }
        var members = members
        if members["resultType"] == nil { members["resultType"] = "complete" }
        var meta = members["_meta"]?.object ?? [:]
        meta[MetaKey.serverInfo] = .object(definition.info.json(revision))
        members["_meta"] = .object(meta)
        return members
    }

    private func rpcError(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: return error
        case let error as AskError: return error.rpcError(revision.era)
        case is CancellationError where call.isCancelled: return .internalError()
        default:
            definition.logger.error(
                "A request failed inside the server",
                metadata: [
                    "mcp.method": "\(method)", "error.type": "\(type(of: error))",
                    "error.message": "\(error)",
                ])
            return .internalError()
        }
    }
}
