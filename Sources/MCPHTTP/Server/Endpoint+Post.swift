internal import HTTPTypes
internal import HummingbirdCore
internal import JSON
internal import MCP

extension Endpoint {
    /// Takes a message that was sent with POST.
    func post(
        _ request: Request, _ holder: Holder, _ connection: Connection
    ) async throws(Refused) -> Outcome {
        let (ticket, place) = try enter(request.head, holder)
        let body = try await read(request, connection)
        let room = try await room(for: body)
        // A body may take its time, and the token may have been removed meanwhile.
        let holder = try await admit(request.head)
        let inbound = Inbound(parsing: body.bytes, limits: definition.limits)
        let arrival = Arrival(
            inbound: inbound, facts: TransportFacts(request.headers), holder: holder,
            ticket: ticket, place: place, room: room, connection: connection)
        do throws(Refused) {
            return try await follow(
                PostPlan(
                    inbound, sessionID: request.headers.trimmed(.sessionID),
                    version: arrival.facts.headers?.protocolVersion),
                arrival)
        } catch {
            var reply = error.reply
            reply.id = inbound.requestID
            throw Refused(reply)
        }
    }

    private func read(
        _ request: Request, _ connection: Connection
    ) async throws(Refused) -> Body {
        connection.setReadingBody(true)
        defer { connection.setReadingBody(false) }
        return try await BodyReader(
            limits: limits, bytesMax: bodyBytesMax, admission: admission, clock: clock
        ).read(request)
    }

    private func follow(
        _ plan: PostPlan, _ arrival: Arrival
    ) async throws(Refused) -> Outcome {
        switch plan {
        case .refuse(let reply): throw Refused(reply)
        case .exchange: return try await takeAlone(arrival)
        case .open: return .reply(try open(arrival))
        case .session(let id): return try await take(arrival, sessions.find(id, arrival.holder))
        }
    }

    /// Waits until the body may be worked on.
    private func room(for body: Body) async throws(Refused) -> Ticket {
        defer { body.reservation.release() }
        guard let room = await bodies.place(for: body.bytes.count, clock) else {
            throw Refused(
                .busy(503, "The server has no room for large messages", after: limits.retryAfter))
        }
        return room
    }

    /// Takes places for a request whose body is unread and for the call that it may bring.
    private func enter(
        _ head: HTTPRequest, _ holder: Holder
    ) throws(Refused) -> (request: Ticket, call: Ticket) {
        do throws(Refused) {
            let request = try admission.enter(.request, holder)
            guard let call = pool.place() else {
                throw Refused(
                    .busy(503, "The server has no room for more calls", after: limits.retryAfter))
            }
            return (request, call)
        } catch {
            var reply = error.reply
            reply.closes = head.mayHaveLargeBody(limits)
            throw Refused(reply)
        }
    }

    /// A decoded message with what came with it.
    struct Arrival {
        let inbound: Inbound
        let facts: TransportFacts
        let holder: Holder
        /// Of the request.
        let ticket: Ticket
        /// Of the call or the session that the message begins.
        let place: Ticket
        /// Of the message in memory.
        let room: Ticket
        let connection: Connection
    }

    // MARK: Modern requests

    private func takeAlone(_ arrival: Arrival) async throws(Refused) -> Outcome {
        let session = Session(
            definition: definition, principal: arrival.holder.principal, kind: .exchange)
        switch session.receive(arrival.inbound, facts: arrival.facts) {
        case .nothing: return .reply(.empty(202))
        case .reply(let outgoing): return .reply(Reply(outgoing))
        case .call(let call): return try await run(call, session, arrival)
        }
    }

    private func run(
        _ call: PendingCall, _ session: Session, _ arrival: Arrival
    ) async throws(Refused) -> Outcome {
        var ticket = arrival.ticket
        if call.isListening {
            ticket = try admission.enter(.stream, arrival.holder)
            arrival.ticket.release()
        }
        let stream = EventStream(
            index: 0, bounds: EventLog.Bounds(count: 0, bytes: 0, age: limits.replayAge),
            backlogMax: limits.backlogMax, clock: clock)
        let bell = Bell()
        let delivery = Delivery(
            stream: stream, bell: bell, number: stream.attach(bell), isResumable: false,
            opens: false,
            leave: {
                // The end of the response is the end of the request.
                stream.close()
                session.abandon()
            })
        exchanges.insert(
            ExchangeTable.Exchange(session: session, holder: arrival.holder, stream: stream))
        start(call, stream, carrier: nil, arrival, ticket) { [exchanges] in
            exchanges.remove(session)
        }
        return await begin(
            delivery, arrival.connection, openAfter: limits.keepAliveInterval)
    }

    // MARK: Sessions

    private func open(_ arrival: Arrival) throws(Refused) -> Reply {
        let session = Session(
            definition: definition, principal: arrival.holder.principal, kind: .session,
            listsTasks: listsTasks(for: arrival.holder))
        guard case .reply(let outgoing) = session.receive(arrival.inbound, facts: arrival.facts)
        else { preconditionFailure("initialize is answered at once") }
        guard session.revision != nil else { return Reply(outgoing) }
        let entry = HTTPSession(session, arrival.holder, limits: limits)
        do throws(Refused) {
            sessions.sweep()
            try sessions.insert(entry)
        } catch {
            entry.end()
            throw error
        }
        let isServed = pool.submit(in: arrival.place) {
            await session.serve { await entry.standalone.append($0) }
            entry.standalone.end()
        }
        if !isServed { entry.standalone.end() }
        var reply = Reply(outgoing)
        reply.fields[.sessionID] = entry.id
        return reply
    }

    private func take(_ arrival: Arrival, _ entry: HTTPSession) async throws(Refused) -> Outcome {
        switch entry.session.receive(arrival.inbound, facts: arrival.facts) {
        case .nothing: return .reply(.empty(202))
        case .reply(let outgoing): return .reply(Reply(outgoing))
        case .call(let call): return await run(call, entry, arrival)
        }
    }

    private func run(
        _ call: PendingCall, _ entry: HTTPSession, _ arrival: Arrival
    ) async -> Outcome {
        let stream = entry.openStream()
        let bell = Bell()
        let number = stream.attach(bell)
        let delivery = Delivery(
            stream: stream, bell: bell, number: number, isResumable: true,
            opens: entry.isResumable, leave: { stream.detach(number) })
        start(
            call, stream, carrier: entry.isResumable ? stream : nil, arrival, arrival.ticket
        ) { entry.touch() }
        let outcome = await begin(
            delivery, arrival.connection,
            openAfter: entry.isResumable ? limits.promptAnswer : limits.keepAliveInterval)
        switch outcome {
        case .events: break
        // A client that was given no event id has nothing to come back with.
        case .reply, .gone: entry.drop(stream)
        }
        return outcome
    }

    // MARK: Calls

    /// Runs a call apart from the connection.
    private func start(
        _ call: PendingCall, _ stream: EventStream, carrier: EventStream?, _ arrival: Arrival,
        _ ticket: Ticket, _ whenDone: @escaping @Sendable () -> Void
    ) {
        let room = arrival.room
        let isRun = pool.submit(in: arrival.place) {
            await ResponseStream.$carrier.withValue(carrier) {
                await call.run { await stream.append($0) }
            }
            stream.end()
            ticket.release()
            room.release()
            whenDone()
        }
        guard !isRun else { return }
        stream.end()
        whenDone()
    }

    /// Waits for what comes first: an answer is sent alone, anything else opens a stream, and so
    /// does silence.
    private func begin(
        _ delivery: Delivery, _ connection: Connection, openAfter: Duration
    ) async -> Outcome {
        let bell = delivery.bell
        connection.whenClosed { bell.end() }
        let timer = Timer()
        let outcome = await withTaskGroup(of: Void.self) { [clock] group in
            defer { group.cancelAll() }
            group.addTask {
                guard await clock.pause(openAfter) else { return }
                timer.fire()
                bell.ring()
            }
            var rings = bell.rings.makeAsyncIterator()
            while true {
                switch delivery.stream.beginning() {
                case .answer(let event): return Outcome.reply(.json(event.status, event.text))
                case .stream: return .events(delivery)
                case .nothing: if timer.hasFired { return .events(delivery) }
                }
                guard await rings.next() != nil else { return .gone }
            }
        }
        if case .events = outcome { return outcome }
        connection.forgetAction()
        delivery.leave()
        return outcome
    }
}

extension Reply {
    /// The answer of a session.
    init(_ outgoing: Outgoing) {
        self = .json(outgoing.httpStatus, outgoing.json.serialized())
    }

    /// The answer to `GET /ready` when work cannot be done.
    static func notReady(_ reason: String) -> Reply {
        let object: JSONValue = ["status": "not_ready", "reason": .string(reason)]
        return .json(503, object.serialized())
    }
}
