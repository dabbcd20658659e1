internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// Tokens that are added and removed while a server runs.
@Suite(.timeLimit(.minutes(3))) struct ServeLiveTokensTests {
    @Test func tokensCountWhileTheServerRuns() async throws {
        let programs = try Programs.unreachable()
        let ended = try await HTTPPeer.with(programs) { peer in
            #expect(peer.announced["tokens"] == 0)
            #expect(try await peer.status() == 200)

            let ada = try await programs.mcp("tokens", "add", "ada").lines.first
            #expect(try await eventually { try await peer.status() == 401 })
            #expect(try await peer.status(ada) == 200)

            let bob = try await programs.mcp("tokens", "add", "bob").lines.first
            #expect(try await eventually { try await peer.status(bob) == 200 })

            #expect(try await programs.mcp("tokens", "remove", "ada").code == 0)
            #expect(try await eventually { try await peer.status(ada) == 401 })
            #expect(try await peer.status(bob) == 200)

            // Without any token left nobody comes in.
            #expect(try await programs.mcp("tokens", "remove", "bob").code == 0)
            #expect(try await eventually { try await peer.status(bob) == 401 })
            #expect(try await peer.status() == 401)
            #expect(try await peer.get("/health").status == 200)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(ended.err.ranges(of: "Tokens changed").count == 4, "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aTokenOffersWhatItWasMadeFor() async throws {
        let programs = try Programs.unreachable()
        let stacks = try await programs.mcp(
            "tokens", "add", "ada", "--toolsets", "stacks,jobs", "--no-destroy"
        ).lines.first
        let plain = try await programs.mcp("tokens", "add", "bob").lines.first
        let ended = try await HTTPPeer.with(programs) { peer in
            let calls: [(String?, String, String, Bool)] = [
                (stacks, "komodo_execute_DeployStack", "shop", true),
                (stacks, "komodo_execute_StopStack", "shop", false),
                (stacks, "komodo_execute_Deploy", "web", false),
                (plain, "komodo_execute_Deploy", "web", true),
                (plain, "komodo_execute_DeployStack", "blog", false),
            ]
            for (token, tool, target, isKnown) in calls {
                let answer = try await peer.call(tool, ["id": .string(target)], token: token)
                #expect((answer.body["result"] != nil) == isKnown, "\(tool): \(answer.body)")
                let code = answer.body["error"]?["code"]
                #expect(code == (isKnown ? nil : -32602), "\(tool): \(answer.body)")
            }
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.jobs("list", "-q").lines.count == 2)
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func whoCameWithoutATokenIsTheUserOfTheMachine() async throws {
        let programs = try Programs.unreachable()
        let ended = try await HTTPPeer.with(programs) { peer in
            let first = try await peer.call("komodo_execute_Deploy", ["id": "web"])
            let data = first.body["result"]?["structuredContent"]?["data"]
            let id = try #require(data?["job_id"], "\(first.body)")
            let ada = try await programs.mcp("tokens", "add", "ada").lines.first
            #expect(try await eventually { try await peer.status(ada) == 200 })
            #expect(try await eventually { try await peer.status() == 401 })
            // Another holder, who may not see it.
            let second = try await peer.call("komodo_jobs_Get", ["job_id": id], token: ada)
            let code = second.body["result"]?["structuredContent"]?["code"]
            #expect(code == "NOT_FOUND", "\(second.body)")
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}

extension HTTPPeer {
    /// How a list is answered.
    fileprivate func status(_ token: String? = nil) async throws -> Int {
        try await call("komodo_jobs_List", token: token).status
    }
}
