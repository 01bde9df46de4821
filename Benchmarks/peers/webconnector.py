"""webconnector.py spyne|qbwc-kit FOLDER PORT USER PASSWORD: serves FOLDER's outbox to the Web Connector.

With spyne (Soap11, its parameters checked by lxml) on waitress, or with qbwc-kit's own application (FastAPI) on uvicorn
with uvloop and httptools. Both keep connections.
"""

import sys

from carrier import prepare

PATH = "/webconnector"
VERSION = "1.0"


def spyne(carrier, port):
    from spyne import Application, Integer, Iterable, ServiceBase, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication
    from waitress import serve

    class QBWebConnectorSvc(ServiceBase):
        @rpc(_returns=Unicode)
        def serverVersion(ctx):
            return VERSION

        @rpc(Unicode, _returns=Unicode)
        def clientVersion(ctx, strVersion):
            return ""

        @rpc(Unicode, Unicode, _returns=Iterable(Unicode))
        def authenticate(ctx, strUserName, strPassword):
            return carrier.authenticate(strUserName, strPassword)

        @rpc(Unicode, Unicode, Unicode, Unicode, Integer, Integer, _returns=Unicode)
        def sendRequestXML(
                ctx, ticket, strHCPResponse, strCompanyFileName, qbXMLCountry, qbXMLMajorVers, qbXMLMinorVers):
            return carrier.next(ticket)

        @rpc(Unicode, Unicode, Unicode, Unicode, _returns=Integer)
        def receiveResponseXML(ctx, ticket, response, hresult, message):
            return carrier.receive(ticket, response, hresult, message)

        @rpc(Unicode, Unicode, Unicode, _returns=Unicode)
        def connectionError(ctx, ticket, hresult, message):
            return "done"

        @rpc(Unicode, _returns=Unicode)
        def getLastError(ctx, ticket):
            return carrier.last_error(ticket)

        @rpc(Unicode, _returns=Unicode)
        def closeConnection(ctx, ticket):
            return carrier.close(ticket)

    application = Application(
        [QBWebConnectorSvc], "http://developer.intuit.com/", in_protocol=Soap11(validator="lxml"),
        out_protocol=Soap11())
    serve(WsgiApplication(application, max_content_length=1 << 30), host="127.0.0.1", port=port, threads=4)


def qbwc_kit(carrier, port):
    import uvicorn
    from qbwc_kit import QBWCService, StaticAuthenticator
    from qbwc_kit.server import create_app

    class Service(QBWCService):
        """qbwc-kit's calls, with the carrier in the place of its tasks, which live in memory."""

        def _do_authenticate(self, call):
            return carrier.authenticate(call.get("strUserName"), call.get("strPassword"))

        def _do_sendRequestXML(self, call):
            return carrier.next(call.get("ticket"))

        def _do_receiveResponseXML(self, call):
            return carrier.receive(
                call.get("ticket"), call.get("response"), call.get("hresult"), call.get("message"))

        def _do_getLastError(self, call):
            return carrier.last_error(call.get("ticket"))

        def _do_closeConnection(self, call):
            return carrier.close(call.get("ticket"))

    service = Service(authenticator=StaticAuthenticator("", "", []))
    application = create_app(service, endpoint_url=f"http://127.0.0.1:{port}{PATH}", path=PATH)
    uvicorn.run(
        application, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False,
        log_level="warning", timeout_keep_alive=300)


if __name__ == "__main__":
    kind, place, number, user, password = sys.argv[1:]
    {"spyne": spyne, "qbwc-kit": qbwc_kit}[kind](prepare(place, user, password), int(number))
