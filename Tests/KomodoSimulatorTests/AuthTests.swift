internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct AuthTests {
    @Test func missingCredentialsAreRefusedWithoutBeingCounted() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            var caller = SimulatorCaller(address)
            caller.key = nil
            caller.secret = nil
            for _ in 0..<8 {
                let answer = try await caller.call("read", "GetVersion")
                #expect(answer.status == 401)
                #expect(answer.error == "Invalid client credentials")
            }
        }
    }

    @Test func failedLoginsLockTheAddressOutForEverybody() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            var wrong = SimulatorCaller(address)
            wrong.secret = "S_wrong_S"
            for left in [4, 3, 2, 1, 0] {
                let answer = try await wrong.call("read", "GetVersion")
                #expect(answer.status == 401)
                #expect(
                    answer.error
                        == "Invalid user credentials | You have \(left) attempts remaining")
            }
            let locked = try await SimulatorCaller(address).call("read", "GetVersion")
            #expect(locked.status == 429)
            #expect(locked.error.hasPrefix("Too many attempts | Try again in "))
            #expect(locked.error.hasSuffix("s"))
            var elsewhere = SimulatorCaller(address)
            elsewhere.forwardedFor = "198.51.100.4, 10.0.0.1"
            #expect(try await elsewhere.call("read", "GetVersion").status == 200)
        }
    }

    @Test func lockOutEndsWithTheWindowAndPrintsMilliseconds() async throws {
        let options = quick { $0.authWindow = .seconds(4) }
        try await withKomodoSimulator(options) { _, address async throws in
            var wrong = SimulatorCaller(address)
            wrong.key = "K_nobody_K"
            let caller = SimulatorCaller(address)
            // However slow the machine is, five of these fall into one window at last.
            let locked = try await eventually {
                let answer = try await wrong.call("read", "GetVersion")
                return answer.error.hasSuffix("ms") ? answer : nil
            }
            #expect(locked.status == 429)
            let isBack = try await eventually {
                try await caller.call("read", "GetVersion").status == 200 ? true : nil
            }
            #expect(isBack)
        }
    }

    @Test func malformedCredentialsAreServerErrors() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            var caller = SimulatorCaller(address)
            caller.secret = nil
            let answer = try await caller.call("read", "GetVersion")
            #expect(answer.status == 500)
            #expect(answer.text.contains("X-API-SECRET"))
        }
    }

    @Test func databaseThatIsDownLooksLikeALoginFailure() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            simulator.script(FaultScript(isDatabaseDown: true))
            let caller = SimulatorCaller(address)
            for _ in 0..<7 {
                let answer = try await caller.call("read", "GetVersion")
                #expect(answer.status == 401)
                #expect(answer.error.hasPrefix("Failed to query db"))
            }
            simulator.script(FaultScript())
            #expect(try await caller.call("read", "GetVersion").status == 200)
        }
    }

    @Test func oldVersionHasNoLimiterAndOtherTexts() async throws {
        try await withKomodoSimulator(quick { $0.version = "1.19.5" }) { _, address async throws in
            var wrong = SimulatorCaller(address)
            wrong.secret = "S-wrong"
            for _ in 0..<7 {
                let answer = try await wrong.call("read", "GetVersion")
                #expect(answer.status == 401)
                #expect(answer.error == "failed to authenticate api key")
                #expect(answer.json["trace"]?.array == ["invalid api secret"])
            }
            #expect(try await SimulatorCaller(address).call("read", "GetVersion").status == 200)
        }
    }

    @Test func callingUserComesFromWhereTheVersionHasIt() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let user = try await caller.send("GET", "/user")
            #expect(user.json["_id"]?["$oid"]?.string == address.operatorID)
            #expect(try await caller.send("POST", "/auth", ["type": "GetUser"]).status == 405)
        }
        try await withKomodoSimulator(quick { $0.version = "1.19.5" }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let body: JSONValue = ["type": "GetUser", "params": [:]]
            let user = try await caller.send("POST", "/auth", body)
            #expect(user.json["_id"]?["$oid"]?.string == address.operatorID)
            #expect(try await caller.send("GET", "/user").status == 404)
        }
    }
}
