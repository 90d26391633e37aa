# The service: API and page in one container, without root. It listens on every address of the container, so it
# asks for API keys:
#
#   docker build -t xouscloud .
#   docker run --rm -v xouscloud:/data xouscloud keys add NAME
#   docker run -p 5080:8080 -v xouscloud:/data xouscloud
#
# /data holds the SQLite database; with XOUSCLOUD_POSTGRES set nothing is stored in the container.

FROM node:20-bookworm-slim AS page
WORKDIR /src/Web
COPY src/Web/package.json src/Web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY src/Web ./
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS service
WORKDIR /repository
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Emulator src/Emulator
COPY src/Api src/Api
COPY migrations migrations
RUN dotnet publish src/Api -c Release -o /service

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /service
COPY --from=service /service ./
COPY --from=page /src/Web/dist page
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
VOLUME /data
ENV ASPNETCORE_HTTP_PORTS=8080 Web__Root=/service/page XOUSCLOUD_DATA=/data
EXPOSE 8080
# The image has no curl; bash opens the connection itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["dotnet", "XousCloud.Api.dll"]
