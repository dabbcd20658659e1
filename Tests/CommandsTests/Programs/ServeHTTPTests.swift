internal import Foundation
internal import FoundationNetworking
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// `komodo-mcp serve --transport http`.
@Suite(.timeLimit(.minutes(3))) struct ServeHTTPTests {
    @Test func aDeploymentIsOrderedAndWaitedForWithoutTokens() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            let ended = try await HTTPPeer.with(programs) { peer in
                #expect(peer.announced["tokens"] == 0)
                #expect(peer.url.hasPrefix("http://127.0.0.1:") && peer.url.hasSuffix("/mcp"))
                #expect(try await peer.get("/health").status == 200)
                let isReady = try await peer.get("/ready")
                #expect(isReady.status == 200, "\(isReady.body)")
                let answer = try await peer.call(
                    "komodo_execute_Deploy", ["id": "web", "wait_seconds": 45])
                #expect(answer.status == 200)
                return answer.body["result"]?["structuredContent"]?["data"]
            }
            #expect(ended.value?["status"] == "success", "\(String(describing: ended.value))")
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(ended.rest.isEmpty)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func onlyHoldersOfATokenAreServed() async throws {
        let programs = try Programs.unreachable()
        let token = try #require(try await programs.mcp("tokens", "add", "ada").lines.first)
        let ended = try await HTTPPeer.with(programs) { peer in
            #expect(peer.announced["tokens"] == 1)
            let right = try await peer.call("komodo_jobs_List", token: token)
            #expect(right.status == 200)
            #expect(right.body["result"]?["structuredContent"]?["data"]?["total"] == 0)
            for wrong in [nil, "wrong", token + "x", String(token.dropLast())] {
                let answer = try await peer.call(
                    "komodo_execute_Deploy", ["id": "web"], token: wrong)
                #expect(answer.status == 401)
                #expect(answer.body["error"]?["message"]?.string?.contains("token") == true)
            }
            #expect(try await peer.get("/health").status == 200)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(!ended.err.contains(token))
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aTokenAllowsWhatItsScopeSays() async throws {
        let programs = try Programs.unreachable()
        let reader = try await programs.mcp("tokens", "add", "reader", "--scope", "read")
        let operating = try await programs.mcp("tokens", "add", "operator")
        let ended = try await HTTPPeer.with(programs) { peer in
            for (tool, token, isForbidden) in [
                ("komodo_execute_Deploy", reader, true),
                ("komodo_execute_StopServer", operating, true),
                ("komodo_execute_Deploy", operating, false),
            ] {
                let answer = try await peer.call(tool, ["id": "web"], token: token.lines.first)
                let code = answer.body["result"]?["structuredContent"]?["code"]
                #expect((code == "FORBIDDEN") == isForbidden, "\(tool): \(answer.body)")
            }
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func theJobsOfAnotherTokenAreUnknown() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web", "-q")
        let id = JSONValue.string(try #require(run.lines.first, "\(run.err)"))
        let ada = try await programs.mcp("tokens", "add", "ada", "--scope", "destroy")
        let chief = try await programs.mcp("tokens", "add", "chief", "--scope", "admin")
        let ended = try await HTTPPeer.with(programs) { peer in
            var answers: [JSONValue?] = []
            for token in [ada, chief] {
                let answer = try await peer.call(
                    "komodo_jobs_Get", ["job_id": id], token: token.lines.first)
                answers.append(answer.body["result"]?["structuredContent"])
            }
            #expect(answers.first??["code"] == "NOT_FOUND")
            #expect(answers.last??["data"]?["job_id"] == id)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func readinessSaysWhatIsMissing() async throws {
        for (programs, word) in [
            (try Programs.unreachable(), "komodo-mcp worker"), (try Programs(), "KOMODO_URL"),
        ] {
            let ended = try await HTTPPeer.with(programs) { peer in
                #expect(try await peer.get("/health").status == 200)
                let readiness = try await peer.get("/ready")
                #expect(readiness.status == 503)
                #expect(
                    readiness.body["reason"]?.string?.contains(word) == true, "\(readiness.body)")
                #expect(try await peer.call("komodo_jobs_List").status == 200)
            }
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func aRefusedKeyMakesTheServerUnready() async throws {
        try await SimulatedKomodo.with { komodo in
            var programs = komodo.programs
            programs.settings["KOMODO_API_SECRET"] = "S_wrong"
            let ended = try await HTTPPeer.with(programs) { peer in
                #expect(try await peer.get("/ready").status == 200)
                #expect(try await peer.call("komodo_execute_Deploy", ["id": "web"]).status == 200)
                var readiness = try await peer.get("/ready")
                let isUnready = try await eventually {
                    readiness = try await peer.get("/ready")
                    return readiness.status == 503
                }
                #expect(isUnready)
                let reason = readiness.body["reason"]?.string
                #expect(reason?.contains("KOMODO_API_KEY") == true, "\(readiness.body)")
            }
            #expect(ended.status == .exited(0), "\(ended.err)")
            // The job waits for a better key, and its worker with it.
            for pid in try programs.processes() { kill(pid, SIGTERM) }
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test(arguments: ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
    func withoutTokensItListensOnThisMachineAlone(address: String) async throws {
        let programs = try Programs.unreachable()
        let outcome = try await programs.mcp(
            "serve", "--transport", "http", "--bind", address)
        #expect(outcome.code != 0)
        #expect(outcome.out.isEmpty)
        for word in ["token", "loopback", "127.0.0.1"] {
            #expect(outcome.err.contains(word), "\(outcome.err)")
        }
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test(arguments: [[], ["--allow-host", "komodo.example.com"]])
    func whoListensEverywhereIsToldToNameTheMachine(options: [String]) async throws {
        let programs = try Programs.unreachable()
        #expect(try await programs.mcp("tokens", "add", "ada").code == 0)
        let ended = try await HTTPPeer.with(programs, bind: "0.0.0.0:0", options) { peer in
            let health = try await peer.get("/health")
            #expect(health.status == 200)
        }
        #expect(ended.err.contains("--allow-host") == options.isEmpty, "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func withATokenItListensEverywhere() async throws {
        let programs = try Programs.unreachable()
        let token = try await programs.mcp("tokens", "add", "ada").lines.first
        let ended = try await HTTPPeer.with(programs, bind: "0.0.0.0:0") { peer in
            #expect(peer.url.hasPrefix("http://0.0.0.0:"))
            let right = try await peer.call("komodo_jobs_List", token: token)
            #expect(right.status == 200)
            let wrong = try await peer.call("komodo_jobs_List")
            #expect(wrong.status == 401)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func anAddressThatIsTakenIsNamed() async throws {
        let programs = try Programs.unreachable()
        let ended = try await HTTPPeer.with(programs) { peer in
            let outcome = try await programs.mcp(
                "serve", "--transport", "http", "--bind", "127.0.0.1:\(peer.port)")
            #expect(outcome.code != 0)
            #expect(outcome.out.isEmpty)
            for word in ["127.0.0.1, port \(peer.port)", "--bind"] {
                #expect(outcome.err.contains(word), "\(outcome.err)")
            }
            #expect(try await peer.get("/health").status == 200)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}
