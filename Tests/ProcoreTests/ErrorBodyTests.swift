import Testing

@testable import Procore

/// What is the body of a failed call, and what only has a field of that name.
@Suite struct ErrorBodyTests {
    @Test(
        arguments: [
            (#"{"code": "429", "message": "too many"}"#, 429, "too many"),
            (
                #"{"errors": "You do not have permission", "message": "Forbidden"}"#, nil,
                "You do not have permission; Forbidden"
            ),
            (#"{"errors": ["Not found", "Not found"]}"#, nil, "Not found"),
            (
                #"{"errors": {"base": ["Invalid token"], "project_id": ["is missing"]}}"#, nil,
                "Invalid token; project_id: is missing"
            ),
            (#"{"errors": [{"status": 403, "title": "Forbidden", "detail": "No."}]}"#, 403, "Forbidden; No."),
            (
                #"{"error": "invalid_grant", "error_description": "It has run out."}"#, nil,
                "invalid_grant; It has run out."
            ),
            (#"{"status": 404, "error": "Not Found"}"#, 404, "Not Found"),
            (#"{"message": "404 Not Found"}"#, 404, "404 Not Found"),
            (#"{"error": {"code": 401, "message": "Log in", "request_id": "x"}}"#, 401, "Log in"),
            (#"{"error": {"code": "FORBIDDEN", "reason": "no", "message": null}}"#, nil, "FORBIDDEN; no"),
            (
                #"{"type": "about:blank", "title": "Bad Gateway", "status": 502, "detail": "Try later"}"#, 502,
                "Bad Gateway; Try later"
            ),
            (
                #"{"message": "Internal Server Error", "status": "500", "timestamp": "2026-03-02T00:00:00Z"}"#, 500,
                "Internal Server Error"
            ),
            (#"{"data": null, "errors": [{"message": "Unauthorized"}]}"#, nil, "Unauthorized"),
            (#"{"data": [], "error": "rate limit"}"#, nil, "rate limit"),
        ] as [(String, Int?, String)])
    func bodiesOfFailedCalls(_ text: String, _ status: Int?, _ said: String) throws {
        let body = try #require(ErrorBody(try JSONRecord(parsing: Array(text.utf8))))
        #expect(body.status == status)
        #expect(body.said == said)
        // It is a record to the reader, and no answer to a sync call.
        #expect(try elements(Array(text.utf8)).lines == ["record 1 \(text)"])
    }

    @Test(arguments: [
        #"{"id": 1, "code": "03-300", "message": "x"}"#, #"{"name": "One Inc", "error": "x"}"#,
        #"{"code": "03-300"}"#, #"{"status": "Approved", "title": "Steel"}"#, #"{}"#, #"{"data": []}"#,
        #"{"data": [], "message": "OK", "success": true}"#, #"{"data": [], "errors": []}"#,
        #"{"data": {"id": 1}, "message": "OK"}"#, #"{"entities": [], "errors": []}"#, #"{"errors": []}"#,
        #"{"errors": [{"id": 2, "errors": {"name": ["taken"]}}]}"#,
        #"{"errors": [{"origin_id": "1", "message": "x"}]}"#,
        #"{"message": null}"#, #"{"hresult": "0x80040400", "message": "x"}"#,
    ]) func whatIsNone(_ text: String) throws {
        let record = try JSONRecord(parsing: Array(text.utf8))
        #expect(ErrorBody(record) == nil)
    }
}
