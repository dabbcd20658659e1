package import JSON
package import Jobs

extension CoreKomodo {
    package func resource(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONObject {
        let (item, full) = try await find(type, nameOrID)
        async let names = detailNames(item, full)
        async let answers = detailAnswers(type, item, full)
        let (found, parts) = (await names, await answers)
        var missing = MissingParts()
        let resource = CoreResource(
            type: type, item: item, full: full,
            names: ResourceNames(
                tags: try missing.value("tags", found.tags) ?? [:], servers: found.servers,
                repos: found.repos))
        let document = try parts.document(of: resource, &missing)
        return missing.noted(in: document)
    }

    /// The two forms of a resource; the item may be missing, the whole is not.
    private func find(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> (item: JSONValue?, full: JSONValue) {
        let version = try await version(for: .read)
        // Items are found by name alone, and an id has no name yet.
        let isID = ObjectID.isValid(nameOrID)
        async let early = answer(
            isID ? nil : requests.list(type, .init(names: [nameOrID]), of: version))
        let full = try await whole(type, nameOrID)
        var list = await early
        if isID, let name = full["name"]?.filledText {
            list = await answer(requests.list(type, .init(names: [name]), of: version))
        }
        let id = full["_id"]?.objectID
        let items = try list?.get().array ?? []
        return (items.first { $0["id"]?.objectID == id }, full)
    }

    /// A whole resource, or the error that names what is near.
    private func whole(
        _ type: TargetType, _ nameOrID: String
    ) async throws(KomodoError) -> JSONValue {
        do throws(KomodoError) {
            let value = try await json(requests.whole(type, nameOrID), for: .read)
            guard value["_id"]?.objectID != nil else {
                throw KomodoError(.malformed, "Komodo's \(type.word) cannot be read.")
            }
            return value
        } catch {
            guard error.code == .notFound || nameOrID.isEmpty else { throw error }
            let target = try await resolve(type, nameOrID, for: .read)
            // Upper case does not matter in an id, but names are as they are.
            guard let id = target.id, id != nameOrID else { throw error }
            return try await json(requests.whole(type, id), for: .read)
        }
    }

    private func detailNames(_ item: JSONValue?, _ full: JSONValue) async -> DetailAnswers.Names {
        async let tags = tagNames(for: [item, full])
        async let servers = serverNames(for: [item])
        async let repos = repoNames(for: [item])
        return DetailAnswers.Names(tags: await tags, servers: await servers, repos: await repos)
    }

    private func detailAnswers(
        _ type: TargetType, _ item: JSONValue?, _ full: JSONValue
    ) async -> DetailAnswers {
        let id = full["_id"]?.objectID ?? ""
        var answers = DetailAnswers()
        switch type {
        case .server: return await serverAnswers(id, item)
        case .deployment: return await deploymentAnswers(id, item)
        case .stack:
            answers.services = await answer(
                requests.read("ListStackServices", ["stack": .string(id)]))
        case .build: answers.history = await history(of: type, id, operation: "RunBuild")
        case .repo: answers.builds = await linkedBuilds(id)
        case .procedure: answers.history = await history(of: type, id, operation: "RunProcedure")
        case .action: answers.history = await history(of: type, id, operation: "RunAction")
        case .resourceSync: break
        }
        return answers
    }

    private func serverAnswers(_ id: String, _ item: JSONValue?) async -> DetailAnswers {
        let isOk = item?["info"]?["state"]?.string == "Ok"
        let hasStats = item?["info"]?["stats"]?.object != nil
        let version = await knownOrNewest()
        let selection = CoreRequests.Selection(specific: ["server_ids": [.string(id)]])
        let open: JSONObject = [
            "resolved": false, "target.type": "Server", "target.id": .string(id),
        ]
        async let stats = answer(isOk && !hasStats ? requests.systemStats(ofServer: id) : nil)
        async let information = answer(isOk ? requests.systemInformation(ofServer: id) : nil)
        async let deployments = answer(requests.list(.deployment, selection, of: version))
        async let alerts = answer(requests.alerts(open, page: 0))
        var answers = DetailAnswers()
        answers.stats = await stats
        answers.information = await information
        answers.deployments = await deployments
        answers.alerts = await alerts
        return answers
    }

    private func deploymentAnswers(_ id: String, _ item: JSONValue?) async -> DetailAnswers {
        let state = item?["info"]?["state"]?.string ?? ""
        let hasContainer = !["not_deployed", "unknown", "removing"].contains(state)
        // Docker tells how busy a container is, and a swarm has none of its own.
        let isUp =
            ["running", "unhealthy", "restarting"].contains(state)
            && item?["info"]?["server_id"]?.filledText != nil
        let wanted = ContainerLogQuery(.deployment(id), tail: DeploymentDocument.logLinesMax)
        async let container = answer(
            hasContainer
                ? requests.read("GetDeploymentContainer", ["deployment": .string(id)]) : nil)
        async let stats = answer(isUp ? requests.deploymentStats(id) : nil)
        async let log = hasContainer ? logAnswer(wanted, of: id) : .success(ContainerLog.none)
        async let history = history(of: .deployment, id, operation: "Deploy")
        var answers = DetailAnswers()
        answers.container = await container
        answers.stats = await stats
        answers.log = await log
        answers.history = await history
        return answers
    }

    private func linkedBuilds(_ repoID: String) async -> Answer {
        let version = await knownOrNewest()
        let specific: JSONObject =
            version >= CoreRequests.pagedListsSince ? ["linked_repos": [.string(repoID)]] : [:]
        return await answer(requests.list(.build, .init(specific: specific), of: version))
    }

    private func logAnswer(
        _ query: ContainerLogQuery, of id: String
    ) async -> Result<ContainerLog, KomodoError> {
        do throws(KomodoError) {
            return .success(try await fetchLog(query, of: id))
        } catch {
            return .failure(error)
        }
    }

    /// The version that an earlier request of the same call found out.
    private func knownOrNewest() async -> KomodoVersion {
        do throws(KomodoError) { return try await version(for: .read) } catch {
            return CoreRequests.pagedListsSince
        }
    }
}

extension ContainerLog {
    /// The log of a container that is not there.
    fileprivate static let none = ContainerLog(stdout: "", stderr: "", isComplete: true)
}
