"""What CloudFront and the website's bucket do, from website.yaml."""
