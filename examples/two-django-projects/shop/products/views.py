import os

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render

from .models import Product


def where(request):
    """For the foot of each page: the process that made it, its group, and where it is mounted."""
    group = request.META.get("mod_wsgi.process_group", "")
    return {
        "pid": os.getpid(),
        "group": group or "the gateway itself",
        "mount": request.META["SCRIPT_NAME"],
    }


def products(request):
    context = {"products": Product.objects.all(), **where(request)}
    return render(request, "products/list.html", context)


def product(request, pk):
    context = {"product": get_object_or_404(Product, pk=pk), **where(request)}
    return render(request, "products/product.html", context)


def api(request):
    return JsonResponse(
        {
            "products": [
                {"name": item.name, "price": item.price, "url": item.get_absolute_url()}
                for item in Product.objects.all()
            ]
        }
    )
