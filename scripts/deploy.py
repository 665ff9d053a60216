"""Put the packaged app on AWS, or take it away again. Used by `make deploy STAGE=dev` and `make undeploy STAGE=dev`.

One CloudFormation stack, `hitl-<stage>`, with everything in it. Running it again updates what has changed; what was set
before (the e-mail address, the public address, Messenger's settings) stays unless it is given again. It asks AWS by boto3,
which takes credentials, region and `AWS_ENDPOINT_URL` from where all of AWS' tools take them.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.deploying.command import main  # found by the line above

if __name__ == "__main__":
    sys.exit(main())
