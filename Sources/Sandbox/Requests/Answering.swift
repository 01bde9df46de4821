import GRDB
import QBXML

/// Answers the requests of one document, one after the other.
struct Answering {
    let file: CompanyFile
    let edition: Edition
    let plan: FaultPlan

    private var messages: Messages { Messages.of(edition) }

    /// Answers all requests in order; after a failed one the rest only where the set says so.
    func answers(to document: RequestDocument) throws -> [Answer] {
        var answers: [Answer] = []
        var hasFailed = false
        for request in document.requests {
            if hasFailed, !document.continuesOnError {
                answers.append(Answer(request: request.name, requestID: request.requestID, status: .notProcessed))
                continue
            }
            let answer = try answer(to: request)
            hasFailed = hasFailed || answer.status.isError
            answers.append(answer)
        }
        return answers
    }

    /// Answers one request; what a refused one has begun is undone.
    private func answer(to request: RequestDocument.Request) throws -> Answer {
        var answer = Answer(request: request.name, requestID: request.requestID, status: .ok)
        if let fault = try plan.first(for: [request.name], { $0.isAboutRequest }), case .status(let code) = fault.effect
        {
            answer.status = fault.status(code)
            return answer
        }
        do {
            try file.db.inSavepoint {
                try process(request, &answer)
                return .commit
            }
        } catch let status as Status {
            answer.status = status
            answer.elements = []
        } catch let outOfDate as OutOfDate {
            answer.status = .outOfDate(outOfDate.editSequence)
            answer.elements = [outOfDate.ret]
        }
        return answer
    }

    private func process(_ request: RequestDocument.Request, _ answer: inout Answer) throws {
        if let fault = request.fault { throw fault }
        if let requestID = request.requestID, requestID.unicodeScalars.count > 50 { throw Status.requestID(requestID) }
        let lists = ListRequests(file: file, messages: messages)
        let body = request.element.children.first ?? request.element
        switch request.verb {
        case .add where messages.body(request.kind, .add) != nil:
            if !body.attributes.isEmpty { throw Status.unsupported }
            if let kind = TxnKind.all[request.kind] {
                let entered = try TxnRequests(file: file, messages: messages, kind: kind).add(body)
                if let warning = entered.warning { answer.status = warning }
                answer.elements = [try ret.element(entered.txn)]
            } else {
                answer.elements = [try ret.element(lists.add(body, kind: request.kind))]
            }
        case .mod where messages.body(request.kind, .mod) != nil:
            if let kind = TxnKind.all[request.kind] {
                let requests = TxnRequests(file: file, messages: messages, kind: kind)
                answer.elements = [try ret.element(requests.modify(body))]
            } else {
                answer.elements = [try ret.element(lists.modify(body, kind: request.kind))]
            }
        case .query where messages.query(request.kind) != nil:
            try query(request, lists, &answer)
        case .other where messages.query(request.kind) != nil:
            let deletions = Deletions(file: file, request: request.element)
            switch request.kind {
            case "ListDel": answer.elements = try deletions.deleteRecord()
            case "TxnDel": answer.elements = try deletions.deleteTxn()
            default: answer.elements = try deletions.void()
            }
        default:
            throw Status.unsupported
        }
        let wanted = Set(request.element.all("IncludeRetElement").map(\.text.trimmed))
        if !wanted.isEmpty {
            for index in answer.elements.indices {
                answer.elements[index].children.removeAll { !wanted.contains($0.name) }
            }
        }
    }

    private func query(
        _ request: RequestDocument.Request, _ lists: ListRequests, _ answer: inout Answer
    ) throws {
        switch request.kind {
        case "Host": answer.elements = [FixedAnswers.host(edition)]
        case "Company": answer.elements = [FixedAnswers.company(edition, name: try file.companyName())]
        case "Preferences": answer.elements = [FixedAnswers.preferences]
        case "ListDeleted", "TxnDeleted":
            let deletions = Deletions(file: file, request: request.element)
            try found(try deletions.deleted(request.kind == "TxnDeleted" ? .txn : .list), request, &answer) { $0 }
        default:
            // Iterators belong to a session, which files do not have.
            if request.element.attributes["iterator"] != nil { throw Status.unsupported }
            if TxnKind.all[request.kind] != nil {
                let result = try TxnQuery(file: file, request: request.element, kind: request.kind).result()
                let lines = request.element.isTrue("IncludeLineItems")
                let links = request.element.isTrue("IncludeLinkedTxns")
                try found(result, request, &answer) { try ret.element($0, lines: lines, links: links) }
            } else {
                let result = try lists.query(request.element, kind: request.kind)
                try found(result, request, &answer) { try ret.element($0) }
            }
        }
    }

    private func found<Record>(
        _ result: QueryResult<Record>, _ request: RequestDocument.Request, _ answer: inout Answer,
        _ shown: (Record) throws -> Element
    ) throws {
        if let missing = result.missing.first {
            answer.status = .notAllFound(missing)
        } else if result.records.isEmpty {
            answer.status = .nothingFound
        }
        let metaData = request.element.attributes["metaData"] ?? "NoMetaData"
        if metaData != "NoMetaData" { answer.retCount = result.records.count }
        if metaData != "MetaDataOnly" { answer.elements = try result.records.map(shown) }
    }

    private var ret: Ret { Ret(file: file, messages: messages) }
}
