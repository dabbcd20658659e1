internal import JSON
internal import Jobs
internal import Synchronization

extension CoreKomodo {
    /// The names of all tags by id; nothing is asked when no resource has a tag.
    func tagNames(for resources: [JSONValue?]) async -> Result<[String: String], KomodoError>? {
        guard resources.contains(where: { $0?["tags"]?.array?.isEmpty == false }) else {
            return nil
        }
        let now = surroundings.now()
        if let known = readCache.withLock({ $0.tags(at: now) }) { return .success(known) }
        return await answer(requests.tags()).map { answer in
            answer.map { value in
                var names: [String: String] = [:]
                for tag in value.array ?? [] {
                    guard let id = tag["_id"]?.objectID, let name = tag["name"]?.string else {
                        continue
                    }
                    names[id] = name
                }
                readCache.withLock { $0.keep(tags: names, at: now) }
                return names
            }
        }
    }

    /// The names of the servers, where Core does not tell them beside the ids.
    func serverNames(for items: [JSONValue?]) async -> [String: String] {
        let ids = items.compactMap { item -> String? in
            guard item?["info"]?["server_name"]?.filledText == nil else { return nil }
            return item?["info"]?["server_id"]?.filledText
        }
        return await names(.server, Set(ids))
    }

    /// The names of linked repositories, where Core does not tell them beside the ids.
    func repoNames(for items: [JSONValue?]) async -> [String: String] {
        let ids = items.compactMap { item -> String? in
            guard item?["info"]?["linked_repo_name"]?.filledText == nil else { return nil }
            return item?["info"]?["linked_repo"]?.filledText
        }
        return await names(.repo, Set(ids))
    }

    /// The names of resources by id, from the listing that all calls share; unknown ids are left
    /// out.
    func names(_ type: TargetType, _ ids: Set<String>) async -> [String: String] {
        var names: [String: String] = [:]
        for id in ids.sorted() {
            do throws(KomodoError) {
                names[id] = try await resolve(type, id, for: .read).name
            } catch {
                // A name is only a help; a resource that was deleted has none.
                guard error.code == .notFound else { return names }
            }
        }
        return names
    }
}
