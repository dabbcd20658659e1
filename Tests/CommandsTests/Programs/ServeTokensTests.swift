internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// `komodo-mcp tokens`.
@Suite(.timeLimit(.minutes(3))) struct ServeTokensTests {
    @Test func aTokenIsPrintedOnceAndStoredNowhere() async throws {
        let programs = try Programs()
        let added = try await programs.mcp("tokens", "add", "ada")
        #expect(added.code == 0, "\(added.err)")
        let token = try #require(added.lines.first)
        #expect(added.lines.count == 1)
        #expect(token.utf8.count >= 43)
        #expect(token.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        let other = try await programs.mcp("tokens", "add", "bob").lines.first
        #expect(other != nil && other != token)
        let folder = (programs.database as NSString).deletingLastPathComponent
        let files = try #require(FileManager.default.enumerator(atPath: folder)).allObjects
        for case let name as String in files {
            // Folders cannot be read.
            let data = try? Data(contentsOf: URL(filePath: folder + "/" + name))
            #expect(data?.range(of: Data(token.utf8)) == nil, "\(name)")
        }
        for format in ["table", "json", "jsonl"] {
            let list = try await programs.mcp("tokens", "list", "-f", format)
            #expect(list.code == 0 && !list.out.contains(token), "\(list.out)")
        }
    }

    @Test func tokensAreListedUntilTheyAreRemoved() async throws {
        let programs = try Programs()
        #expect(try await programs.mcp("tokens", "add", "ada").code == 0)
        for scope in ["read", "operate", "destroy", "admin"] {
            #expect(try await programs.mcp("tokens", "add", scope, "--scope", scope).code == 0)
        }
        let json = try await programs.mcp("tokens", "list", "-f", "json").json
        let items = try #require(json?["items"]?.array)
        let scopes = Dictionary(
            uniqueKeysWithValues: items.map {
                ($0["name"]?.string ?? "", $0["scopes"]?.array?.compactMap(\.string) ?? [])
            })
        #expect(
            scopes == [
                "ada": ["operate"], "read": ["read"], "operate": ["operate"],
                "destroy": ["destroy"], "admin": ["admin"],
            ])
        #expect(try await programs.mcp("tokens", "list").out.contains("ada"))
        for name in scopes.keys {
            let removed = try await programs.mcp("tokens", "remove", name)
            #expect(removed.code == 0 && removed.out.isEmpty, "\(removed.err)")
        }
        #expect(try await programs.mcp("tokens", "list", "-q").out.isEmpty)
        #expect(try await programs.mcp("tokens", "list").out.contains("tokens add"))
        let gone = try await programs.mcp("tokens", "remove", "ada")
        #expect(gone.code == 6)
        #expect(gone.err.contains("'ada'") && gone.err.contains("tokens list"), "\(gone.err)")
    }

    @Test func aTokenKeepsItsChoiceOfTools() async throws {
        let programs = try Programs()
        let added = try await programs.mcp(
            "tokens", "add", "ada", "--scope", "destroy", "--toolsets", "default,stacks",
            "--no-destroy", "--exclude-tools", "komodo_jobs_Cancel")
        #expect(added.code == 0, "\(added.err)")
        #expect(try await programs.mcp("tokens", "add", "bob", "--read-only").code == 0)
        let json = try await programs.mcp("tokens", "list", "-f", "json").json
        let items = try #require(json?["items"]?.array)
        #expect(items.map { $0["scopes"] } == [["destroy"], ["operate"]])
        #expect(
            items.map { $0["limits"]?.array?.compactMap(\.string) } == [
                [
                    "no-destroy", "toolset:execute", "toolset:jobs", "toolset:read",
                    "toolset:stacks", "without:komodo_jobs_Cancel",
                ], ["read-only"],
            ])
        #expect(try await programs.mcp("tokens", "list").out.contains("read-only"))
    }

    @Test func withoutADatabaseThereAreNoTokens() async throws {
        let programs = try Programs()
        let list = try await programs.mcp("tokens", "list")
        #expect(list.code == 0, "\(list.err)")
        #expect(list.out.contains("No token") && list.out.contains("komodo-mcp tokens add"))
        let json = try await programs.mcp("tokens", "list", "-f", "json")
        #expect(json.code == 0)
        #expect(json.json?["items"] == [])
        let gone = try await programs.mcp("tokens", "remove", "ada")
        #expect(gone.code == 6)
        #expect(gone.err.contains("'ada'"), "\(gone.err)")
        #expect(!FileManager.default.fileExists(atPath: programs.database))
    }

    @Test func aNameIsGivenOnceAndFreeAfterItsRemoval() async throws {
        let programs = try Programs()
        #expect(try await programs.mcp("tokens", "add", "ada", "--scope", "read").code == 0)
        let again = try await programs.mcp("tokens", "add", "ada", "--scope", "admin")
        #expect(again.code == 1)
        #expect(again.out.isEmpty)
        #expect(again.err.contains("'ada'"), "\(again.err)")
        let list = try await programs.mcp("tokens", "list", "-f", "json").json
        #expect(list?["items"]?.array?.compactMap { $0["scopes"] } == [["read"]])
        #expect(try await programs.mcp("tokens", "remove", "ada").code == 0)
        #expect(try await programs.mcp("tokens", "add", "ada").code == 0)
    }

    @Test(
        arguments: [
            (["", "--scope", "read"], ["1 to 64"]), (["a b"], ["'a b'", "1 to 64"]),
            ([String(repeating: "a", count: 65)], ["1 to 64"]), (["é"], ["letters"]),
            (["a/b"], ["letters"]), (["a\nb"], ["letters"]), ([], ["<name>"]),
            (["ada", "--scope", "write"], ["'write'", "read", "operate", "destroy", "admin"]),
            (["ada", "--scope", ""], ["read", "operate", "destroy", "admin"]),
            (["ada", "--toolsets", "stack"], ["'stack'", "Did you mean stacks?"]),
            (["ada", "--tools", "komodo_jobs_Gte"], ["'komodo_jobs_Gte'", "komodo_jobs_Get"]),
            (["ada", "--exclude-tools", ","], ["--exclude-tools names nothing"]),
        ] as [([String], [String])])
    func badNamesAndScopesAreRefused(arguments: [String], words: [String]) async throws {
        let programs = try Programs()
        let outcome = try await programs.run("komodo-mcp", ["tokens", "add"] + arguments)
        #expect(outcome.code == 2)
        #expect(outcome.out.isEmpty)
        for word in words { #expect(outcome.err.contains(word), "\(outcome.err)") }
        #expect(!FileManager.default.fileExists(atPath: programs.database))
    }

    @Test(arguments: ["a", "Ada.Lovelace-1815_uk", String(repeating: "a", count: 64)])
    func goodNamesAreTaken(name: String) async throws {
        let programs = try Programs()
        #expect(try await programs.mcp("tokens", "add", name).code == 0)
        #expect(try await programs.mcp("tokens", "list", "-q").lines == [name])
    }
}
